//! Findings as JSON, written by hand: there are a hundred thousand of them, and most of what one says, the one before
//! it said too.

use plimsoll_check::{Finding, Label, ResourceName, Suppression};
use plimsoll_yaml::{Position, SourceId, Span};

use super::Printed;

/// Writes findings over what a text held, one on each line.
pub(super) fn write(text: &mut Vec<u8>, printed: &Printed<'_>, findings: &[&Finding]) {
    text.clear();
    let mut writer = Writer::new(text, printed);
    for (index, finding) in findings.iter().enumerate() {
        writer.raw(if index == 0 { "    " } else { ",\n    " });
        writer.finding(finding);
    }
}

/// A text with what was written last, by where it stands in the text.
struct Writer<'a> {
    text: &'a mut Vec<u8>,
    printed: &'a Printed<'a>,
    object: Option<(&'a ResourceName, std::ops::Range<usize>)>,
    file: Option<(SourceId, std::ops::Range<usize>)>,
}

impl<'a> Writer<'a> {
    fn new(text: &'a mut Vec<u8>, printed: &'a Printed<'a>) -> Self {
        Self {
            text,
            printed,
            object: None,
            file: None,
        }
    }

    fn finding(&mut self, finding: &'a Finding) {
        let rule = finding.rule;
        self.raw("{\"rule\":");
        self.string(rule.id);
        self.raw(",\"item\":{\"number\":");
        match rule.item.number() {
            Some(number) => self.number(number.into()),
            None => self.raw("null"),
        }
        self.raw(",\"name\":");
        self.string(rule.item.name());
        self.raw("},\"severity\":");
        self.string(finding.severity.name());
        self.raw(",\"message\":");
        self.string(&finding.message());
        self.raw(",\"help\":");
        self.string(&finding.help());
        self.raw(",\"resource\":");
        match finding.resource.as_deref() {
            Some(name) => self.object(name),
            None => self.raw("null"),
        }
        self.raw(",\"path\":");
        self.string(finding.path());
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

    fn location(&mut self, span: Span) {
        self.raw("{\"file\":");
        self.file(span.source);
        let (start, end) = self.printed.sources.positions(span);
        self.raw(",\"line\":");
        self.position(start, ",\"column\":");
        self.raw(",\"end_line\":");
        self.position(end, ",\"end_column\":");
        self.raw("}");
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
        if has_escapes(text.as_bytes()) {
            text.bytes().for_each(|byte| self.escaped(byte));
        } else {
            self.raw(text);
        }
        self.text.push(b'"');
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

/// Looks at all bytes, not only up to the first: that is several times as fast, and nearly no text has one.
fn has_escapes(bytes: &[u8]) -> bool {
    let escaped = |byte: &u8| u8::from(*byte < 0x20 || matches!(byte, b'"' | b'\\'));
    bytes.iter().map(escaped).fold(0, std::ops::BitOr::bitor) != 0
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
        for text in ["", "plain", "a \"quoted\" \\ word\n", all.as_str()] {
            let mut written = Vec::new();
            Writer::new(&mut written, &printed).string(text);
            assert_eq!(written, serde_json::to_vec(text).unwrap());
        }
        for number in [0, 7, 10, 4_294_967_295] {
            let mut written = Vec::new();
            Writer::new(&mut written, &printed).number(number);
            assert_eq!(written, number.to_string().into_bytes());
        }
        let mut written = Vec::new();
        Writer::new(&mut written, &printed).hexadecimal(0x00ab_cdef_0123_4567);
        assert_eq!(written, b"00abcdef01234567");
    }
}
