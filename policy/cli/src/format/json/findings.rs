//! Findings as JSON, written by hand: there are a hundred thousand of them, and most of what one says, the one before
//! it said too.

use plimsoll_check::rules::RULES;
use plimsoll_check::{Finding, Label, ResourceName, Rule, Suppression};
use plimsoll_yaml::{LineCursor, Position, SourceId, Span};

use super::Printed;

/// What all findings of a rule say, written once, by where the rule is in memory.
pub(super) struct OfRules(Vec<(usize, OfRule)>);

struct OfRule {
    /// Up to the severity.
    head: String,
    help: String,
}

impl OfRules {
    /// That of every rule.
    pub(super) fn new() -> Self {
        let of_rules = RULES.iter().map(|rule| (address(rule), OfRule::new(rule)));
        let mut of_rules: Vec<_> = of_rules.collect();
        of_rules.sort_unstable_by_key(|(address, _)| *address);
        Self(of_rules)
    }

    fn of(&self, rule: &Rule) -> Option<&OfRule> {
        let at = self.0.binary_search_by_key(&address(rule), |(own, _)| *own);
        Some(&self.0[at.ok()?].1)
    }
}

fn address(rule: &Rule) -> usize {
    std::ptr::from_ref(rule).addr()
}

impl OfRule {
    fn new(rule: &Rule) -> Self {
        let number = rule.item.number();
        let number = number.map_or_else(|| "null".to_owned(), |number| number.to_string());
        let (id, name) = (escaped(rule.id), escaped(rule.item.name()));
        Self {
            head: format!(
                "{{\"rule\":{id},\"item\":{{\"number\":{number},\"name\":{name}}},\"severity\":"
            ),
            help: escaped(rule.help),
        }
    }
}

fn escaped(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Writes findings over what a text held, one on each line.
pub(super) fn write(
    text: &mut Vec<u8>,
    printed: &Printed<'_>,
    of_rules: &OfRules,
    findings: &[Box<Finding>],
) {
    text.clear();
    let mut writer = Writer::new(text, printed, of_rules);
    for (index, finding) in findings.iter().enumerate() {
        writer.raw(if index == 0 { "    " } else { ",\n    " });
        writer.finding(finding);
    }
}

/// A text with what was written last, by where it stands in the text.
struct Writer<'a> {
    text: &'a mut Vec<u8>,
    printed: &'a Printed<'a>,
    of_rules: &'a OfRules,
    object: Option<(&'a ResourceName, std::ops::Range<usize>)>,
    file: Option<(SourceId, std::ops::Range<usize>)>,
    place: Option<(Span, std::ops::Range<usize>)>,
    /// Where it is in that file.
    cursor: LineCursor,
}

impl<'a> Writer<'a> {
    fn new(text: &'a mut Vec<u8>, printed: &'a Printed<'a>, of_rules: &'a OfRules) -> Self {
        Self {
            text,
            printed,
            of_rules,
            object: None,
            file: None,
            place: None,
            cursor: LineCursor::default(),
        }
    }

    fn finding(&mut self, finding: &'a Finding) {
        let of_rule = self.of_rules.of(finding.rule);
        let of_rule = of_rule.unwrap_or_else(|| unreachable!("every rule is in the registry"));
        self.raw(&of_rule.head);
        self.string(finding.severity.name());
        self.raw(",\"message\":\"");
        self.message(finding);
        self.raw("\",\"help\":");
        match finding.own_help() {
            Some(help) => self.string(&help),
            None => self.raw(&of_rule.help),
        }
        self.raw(",\"resource\":");
        match finding.resource.as_deref() {
            Some(name) => self.object(name),
            None => self.raw("null"),
        }
        self.raw(",\"path\":");
        self.path(finding);
        self.raw(",\"location\":");
        self.location(finding.primary);
        self.raw(",\"related\":[");
        for (index, label) in finding.related().iter().enumerate() {
            self.raw(if index == 0 { "" } else { "," });
            self.related(label);
        }
        self.raw("],\"roots\":[");
        for (index, root) in finding.roots().iter().enumerate() {
            self.raw(if index == 0 { "" } else { "," });
            self.string(&self.printed.report.roots[root.0 as usize]);
        }
        self.raw("],\"fingerprint\":\"");
        self.hexadecimal(finding.fingerprint);
        self.raw("\",\"suppressed\":");
        match finding.suppressed() {
            Some(suppression) => self.suppressed(suppression),
            None => self.raw("null"),
        }
        self.raw(",\"fix\":null}");
    }

    fn object(&mut self, name: &'a ResourceName) {
        if let Some((last, written)) = &self.object
            && std::ptr::eq(*last, name)
        {
            return self.text.extend_from_within(written.clone());
        }
        let start = self.text.len();
        self.raw("{\"apiVersion\":");
        self.string(&name.api_version);
        self.raw(",\"kind\":");
        self.string(&name.kind);
        self.raw(",\"namespace\":");
        self.optional(name.namespace.as_deref());
        self.raw(",\"name\":");
        self.string(&name.name);
        self.raw("}");
        self.object = Some((name, start..self.text.len()));
    }

    /// The message, without its quotes. What many findings say was looked at once, so only names are looked at here.
    fn message(&mut self, finding: &Finding) {
        let plain = finding.is_plain();
        for (index, piece) in finding.message_pieces().enumerate() {
            let is_name = index % 2 == 1;
            if plain && !is_name {
                self.raw(piece);
            } else {
                self.inside(piece);
            }
        }
    }

    fn path(&mut self, finding: &Finding) {
        if finding.is_plain() {
            self.raw("\"");
            self.raw(finding.path());
            self.raw("\"");
        } else {
            self.string(finding.path());
        }
    }

    fn location(&mut self, span: Span) {
        if let Some((last, written)) = &self.place
            && *last == span
        {
            return self.text.extend_from_within(written.clone());
        }
        let begin = self.text.len();
        self.raw("{\"file\":");
        self.file(span.source);
        let text = self.printed.sources.get(span.source).tree.text();
        let start = self.cursor.position(text, span.start);
        // The next place may well begin before this one ends.
        let end = { self.cursor }.position(text, span.end);
        self.raw(",\"line\":");
        self.position(start, ",\"column\":");
        self.raw(",\"end_line\":");
        self.position(end, ",\"end_column\":");
        self.raw("}");
        self.place = Some((span, begin..self.text.len()));
    }

    fn position(&mut self, position: Position, between: &str) {
        self.number(position.line);
        self.raw(between);
        self.number(position.column);
    }

    fn file(&mut self, source: SourceId) {
        if let Some((last, written)) = &self.file
            && *last == source
        {
            return self.text.extend_from_within(written.clone());
        }
        let start = self.text.len();
        self.string(&self.printed.sources.get(source).path);
        self.file = Some((source, start..self.text.len()));
        self.cursor = LineCursor::default();
    }

    fn related(&mut self, label: &Label) {
        self.raw("{\"message\":");
        self.string(&label.text);
        self.raw(",\"location\":");
        self.location(label.span);
        self.raw("}");
    }

    fn suppressed(&mut self, suppression: &Suppression) {
        self.raw(if suppression.comment.is_some() {
            "{\"by\":\"comment\",\"reason\":"
        } else {
            "{\"by\":\"configuration\",\"reason\":"
        });
        self.string(&suppression.reason);
        self.raw(",\"owner\":");
        self.optional(suppression.owner.as_deref());
        self.raw(",\"expires\":");
        let expires = suppression.expires.map(|date| date.to_string());
        self.optional(expires.as_deref());
        self.raw("}");
    }

    fn raw(&mut self, json: &str) {
        self.text.extend_from_slice(json.as_bytes());
    }

    fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.string(text),
            None => self.raw("null"),
        }
    }

    /// A string, escaped as `serde_json` escapes, which writes the rest of the report.
    fn string(&mut self, text: &str) {
        self.text.push(b'"');
        self.inside(text);
        self.text.push(b'"');
    }

    /// What stands in a string, without its quotes.
    fn inside(&mut self, text: &str) {
        if has_escapes(text.as_bytes()) {
            text.bytes().for_each(|byte| self.escaped(byte));
        } else {
            self.raw(text);
        }
    }

    fn escaped(&mut self, byte: u8) {
        match byte {
            b'"' => self.raw("\\\""),
            b'\\' => self.raw("\\\\"),
            b'\n' => self.raw("\\n"),
            b'\r' => self.raw("\\r"),
            b'\t' => self.raw("\\t"),
            0x08 => self.raw("\\b"),
            0x0c => self.raw("\\f"),
            0x00..=0x1f => self.raw(&format!("\\u{byte:04x}")),
            _ => self.text.push(byte),
        }
    }

    fn number(&mut self, number: u32) {
        if number < 10 {
            return self.text.push(b'0' + number as u8);
        }
        let mut digits = [0; 10];
        let (mut rest, mut first) = (number, digits.len());
        loop {
            first -= 1;
            digits[first] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.text.extend_from_slice(&digits[first..]);
    }

    /// Sixteen digits.
    fn hexadecimal(&mut self, number: u64) {
        let digit = |place: u32| b"0123456789abcdef"[(number >> (60 - 4 * place)) as usize & 15];
        self.text.extend((0..16).map(digit));
    }
}

/// Whether a byte of a text is written as an escape. Looks at eight bytes at a time, as one number: nearly no text has one.
fn has_escapes(bytes: &[u8]) -> bool {
    const ONES: u64 = u64::MAX / 255;
    const TOPS: u64 = ONES << 7;
    // The top bit of a byte is set where it is less than `limit`, if no byte below it is.
    let less = |bytes: u64, limit: u64| bytes.wrapping_sub(ONES * limit) & !bytes & TOPS;
    let any = |eight: [u8; 8]| {
        let eight = u64::from_le_bytes(eight);
        let is = |byte: u8| less(eight ^ (ONES * u64::from(byte)), 1);
        less(eight, 0x20) | is(b'"') | is(b'\\')
    };
    let (eights, rest) = bytes.as_chunks::<8>();
    let mut last = [b' '; 8];
    last[..rest.len()].copy_from_slice(rest);
    eights
        .iter()
        .fold(any(last), |found, eight| found | any(*eight))
        != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_numbers_are_as_serde_writes_them() {
        let sources = plimsoll_check::Sources::default();
        let report = plimsoll_check::Report::default();
        let printed = Printed {
            report: &report,
            sources: &sources,
            threshold: None,
            started: std::time::Instant::now(),
        };
        let all: String = (0..0x180).filter_map(char::from_u32).collect();
        let of_rules = OfRules::new();
        for text in ["", "plain", "a \"quoted\" \\ word\n", all.as_str()] {
            let mut written = Vec::new();
            Writer::new(&mut written, &printed, &of_rules).string(text);
            assert_eq!(written, serde_json::to_vec(text).unwrap());
        }
        for at in 0..20 {
            for byte in (0..0x80_u8).map(char::from) {
                let text = format!("{}{byte}{}", "ü".repeat(at / 2), "a".repeat(20 - at));
                let mut written = Vec::new();
                Writer::new(&mut written, &printed, &of_rules).string(&text);
                assert_eq!(written, serde_json::to_vec(&text).unwrap());
            }
        }
        for number in [0, 7, 10, 4_294_967_295] {
            let mut written = Vec::new();
            Writer::new(&mut written, &printed, &of_rules).number(number);
            assert_eq!(written, number.to_string().into_bytes());
        }
        let mut written = Vec::new();
        Writer::new(&mut written, &printed, &of_rules).hexadecimal(0x00ab_cdef_0123_4567);
        assert_eq!(written, b"00abcdef01234567");
    }
}
