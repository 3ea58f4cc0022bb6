//! Judging what no API server asks about now: what was recorded, what is stored, what is written in files.

use std::collections::BTreeMap;

use plimsoll_check::Date;

use crate::admission::{Decision, Request, Surroundings, Verdict, judge};
use crate::policy::Policy;
use crate::say;

/// What came of all of them.
pub(crate) struct Trial<'a> {
    policy: &'a Policy,
    today: Date,
    judged: usize,
    /// Objects that would be denied.
    pub(crate) denied: usize,
    rules: BTreeMap<&'static str, usize>,
    /// What could not be judged, and why.
    unread: usize,
}

impl<'a> Trial<'a> {
    pub(crate) fn new(policy: &'a Policy, today: Date) -> Self {
        Self {
            policy,
            today,
            judged: 0,
            denied: 0,
            rules: BTreeMap::new(),
            unread: 0,
        }
    }

    /// Judges a review; prints what would be denied.
    pub(crate) fn review(&mut self, place: &str, body: &[u8]) {
        let request = match Request::read(body) {
            Ok(request) => request,
            Err(error) => return self.unread(place, &error.to_string()),
        };
        match judge(self.policy, &request, &Surroundings::default(), self.today) {
            Ok(verdict) => self.verdict(place, &request, &verdict),
            Err(failure) => self.unread(place, &failure.to_string()),
        }
    }

    /// Something that could not be judged.
    pub(crate) fn unread(&mut self, place: &str, why: &str) {
        self.unread += 1;
        say::error(&format!("{place}: not judged: {why}"));
    }

    fn verdict(&mut self, place: &str, request: &Request<'_>, verdict: &Verdict) {
        self.judged += usize::from(verdict.decision != Decision::Pass);
        if verdict.decision != Decision::Deny {
            return;
        }
        self.denied += 1;
        let (kind, name) = (&request.kind.kind, &request.name);
        let namespace = match &*request.namespace {
            "" => String::new(),
            namespace => format!("{namespace}/"),
        };
        let user = match &*request.user_info.username {
            "" => String::new(),
            user => format!(" by {user}"),
        };
        let operation = request.operation.name();
        let title = format!("{place}: {operation} of {kind} {namespace}{name}{user}");
        let mut text = format!("{}\n", crate::admission::cleaned(&title, 400));
        for finding in &verdict.blocking {
            *self.rules.entry(finding.rule.id).or_default() += 1;
            let line = format!("{}: {}", finding.rule.id, finding.message());
            text += &format!("  {}\n", crate::admission::cleaned(&line, 400));
        }
        say::out(&text);
    }

    /// Prints the summary; gives back the exit code, as `plimsoll check` has it: what is denied goes before what could not
    /// be judged.
    pub(crate) fn ends(&self, what: &str) -> u8 {
        let mut text = String::new();
        for (rule, count) in &self.rules {
            text += &format!("{count:>6}  {rule}\n");
        }
        text += &format!("{} of {} {what} would be denied", self.denied, self.judged);
        if self.unread > 0 {
            text += &format!("; {} could not be judged", self.unread);
        }
        say::out(&(text + "\n"));
        match (self.denied, self.judged, self.unread) {
            (1.., ..) => 1,
            (0, 0, _) | (0, _, 1..) => 2,
            _ => 0,
        }
    }
}
