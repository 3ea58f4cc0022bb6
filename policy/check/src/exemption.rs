//! Exemptions: findings that somebody has looked at and excused, with a reason.
//!
//! A comment excuses findings on its own line, or on the first line below it that is no comment:
//! `# plimsoll: allow(rule-id, other-id) the reason until 2027-01-31`.

use std::collections::BTreeMap;

use plimsoll_yaml::{SourceId, Span};

use crate::config::{Config, Exemption};
use crate::{Date, Finding, Source, Sources, Suppression, rules};

const MARK: &str = "plimsoll:";

/// A comment that excuses.
#[derive(Debug)]
pub(crate) struct Allow {
    pub(crate) span: Span,
    /// The line, from 0, whose findings it excuses.
    line: usize,
    pub(crate) rules: Vec<&'static str>,
    pub(crate) reason: String,
    pub(crate) until: Option<Date>,
    pub(crate) used: bool,
}

/// A comment that begins like one but says nothing that can be followed.
#[derive(Debug)]
pub(crate) struct Malformed {
    pub(crate) span: Span,
    pub(crate) message: String,
}

/// All exemptions of a run.
#[derive(Debug, Default)]
pub(crate) struct Exemptions {
    allows: BTreeMap<SourceId, Vec<Allow>>,
    pub(crate) malformed: Vec<Malformed>,
    used: Vec<bool>,
}

impl Exemptions {
    /// Reads the comments of all sources.
    pub(crate) fn read(sources: &Sources, config: &Config) -> Self {
        let mut this = Self {
            used: vec![false; config.exemptions.len()],
            ..Self::default()
        };
        for source in sources
            .iter()
            .filter(|source| !source.tree.comments().is_empty())
        {
            this.read_source(source);
        }
        this
    }

    fn read_source(&mut self, source: &Source) {
        for comment in source.tree.comments() {
            let text = &source.tree.text()[comment.span.range()];
            let Some(rest) = text.trim_start_matches('#').trim().strip_prefix(MARK) else {
                continue;
            };
            match parse(rest.trim()) {
                Ok((rules, reason, until)) => {
                    let line = source.lines().line_of(comment.span.start);
                    let line = if comment.own_line {
                        next_content(source, line)
                    } else {
                        line
                    };
                    let allow = Allow {
                        span: comment.span,
                        line,
                        rules,
                        reason,
                        until,
                        used: false,
                    };
                    self.allows
                        .entry(comment.span.source)
                        .or_default()
                        .push(allow);
                }
                Err(message) => self.malformed.push(Malformed {
                    span: comment.span,
                    message,
                }),
            }
        }
    }

    /// Whether there is one that may excuse something.
    pub(crate) fn are_any(&self) -> bool {
        !(self.allows.is_empty() && self.used.is_empty())
    }

    /// Why a finding does not count, if something excuses it today.
    pub(crate) fn excuse(
        &mut self,
        finding: &Finding,
        sources: &Sources,
        config: &Config,
        today: Date,
    ) -> Option<Suppression> {
        self.by_comment(finding, sources, config, today)
            .or_else(|| self.by_config(finding, sources, config, today))
    }

    fn by_comment(
        &mut self,
        finding: &Finding,
        sources: &Sources,
        config: &Config,
        today: Date,
    ) -> Option<Suppression> {
        if !config.inline_exemptions {
            return None;
        }
        let allows = self.allows.get_mut(&finding.primary.source)?;
        let line = sources
            .get(finding.primary.source)
            .lines()
            .line_of(finding.primary.start);
        let allow = allows
            .iter_mut()
            .find(|allow| allow.line == line && allow.rules.contains(&finding.rule.id))?;
        allow.used = true;
        if allow.until.is_some_and(|until| until < today) {
            return None;
        }
        Some(Suppression {
            comment: Some(allow.span),
            reason: allow.reason.clone(),
            owner: None,
            expires: allow.until,
        })
    }

    fn by_config(
        &mut self,
        finding: &Finding,
        sources: &Sources,
        config: &Config,
        today: Date,
    ) -> Option<Suppression> {
        let path = &sources.get(finding.primary.source).path;
        let about = |exemption: &Exemption| {
            let (kind, namespace, name) = match &finding.resource {
                Some(name) => (
                    &*name.kind,
                    name.namespace.as_deref().unwrap_or("default"),
                    &*name.name,
                ),
                None => ("", "", ""),
            };
            exemption.rule == finding.rule.id
                && exemption.objects.matches(kind, namespace, name)
                && exemption
                    .path
                    .as_ref()
                    .is_none_or(|pattern| pattern.matches(path))
        };
        for (index, exemption) in config
            .exemptions
            .iter()
            .enumerate()
            .filter(|(_, exemption)| about(exemption))
        {
            self.used[index] = true;
            if exemption.expires.is_none_or(|expires| expires >= today) {
                return Some(Suppression {
                    comment: None,
                    reason: exemption.reason.clone(),
                    owner: exemption.owner.clone(),
                    expires: exemption.expires,
                });
            }
        }
        None
    }

    /// All comments that excuse.
    pub(crate) fn allows(&self) -> impl Iterator<Item = &Allow> {
        self.allows.values().flatten()
    }

    /// The exemptions of the configuration, each with whether it met a finding.
    pub(crate) fn configured<'a>(
        &'a self,
        config: &'a Config,
    ) -> impl Iterator<Item = (&'a Exemption, bool)> {
        config.exemptions.iter().zip(self.used.iter().copied())
    }
}

/// The first line below that has anything but a comment on it.
fn next_content(source: &Source, line: usize) -> usize {
    let text = source.tree.text();
    let mut next = line + 1;
    while let Some(start) = source.lines().start_of(next) {
        let rest = text[start as usize..]
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start();
        if !rest.starts_with('#') {
            break;
        }
        next += 1;
    }
    next
}

type Parsed = (Vec<&'static str>, String, Option<Date>);

fn parse(text: &str) -> Result<Parsed, String> {
    const FORM: &str = "write `# plimsoll: allow(rule-id) the reason`, optionally with `until 2027-01-31` at the end";
    let inner = text.strip_prefix("allow(").ok_or(FORM)?;
    let (ids, rest) = inner.split_once(')').ok_or(FORM)?;
    let mut rules = Vec::new();
    for id in ids.split(',').map(str::trim).filter(|id| !id.is_empty()) {
        rules.push(
            rules::find(id)
                .ok_or_else(|| format!("there is no rule `{id}`"))?
                .id,
        );
    }
    let (reason, until) = match rest.rsplit_once("until ") {
        Some((reason, date)) => {
            let date = date.trim();
            (
                reason,
                Some(Date::parse(date).ok_or_else(|| {
                    format!("`{date}` is no date that exists; write it as 2027-01-31")
                })?),
            )
        }
        None => (rest, None),
    };
    let reason = reason.trim().trim_start_matches(':').trim();
    if rules.is_empty() {
        return Err(FORM.to_owned());
    }
    if reason.is_empty() {
        return Err("an exemption needs a reason: say why this may stay as it is".to_owned());
    }
    Ok((rules, reason.to_owned(), until))
}
