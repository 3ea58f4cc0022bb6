//! Where a block scalar stands: from its header to the end of its last line.

use std::ops::Range;

use crate::span::line_start;

/// The range of a block scalar whose content a parser found at `content`, looking for its header from `from` on, the end
/// of the node before it. The line break at its end is outside, so the text under it, read alone with a line break
/// after it, is the same scalar.
pub(crate) fn range(text: &str, from: usize, content: Range<usize>) -> Range<usize> {
    let start = header(text, from).unwrap_or(content.start);
    let bytes = text.as_bytes();
    let mut end = start;
    while matches!(
        bytes.get(end),
        Some(b'|' | b'>' | b'+' | b'-' | b'0'..=b'9')
    ) {
        end += 1;
    }
    if content.start <= start {
        return start..kept(text, start, end, content.end, usize::MAX);
    }
    let line = line_start(text, content.start);
    start..kept(text, start, end, content.end, content.start - line)
}

/// The end of the last line that counts; with `+`, all but the last line break count.
fn kept(text: &str, start: usize, header_end: usize, end: usize, indent: usize) -> usize {
    let blank = |line: &str| line.len() <= indent && line.bytes().all(|byte| byte == b' ');
    if text[start..header_end].contains('+') {
        // A rest of indentation before a less indented line.
        let line = line_start(text, end);
        let body = &text[..if blank(&text[line..end]) { line } else { end }];
        let body = ["\r\n", "\n", "\r"]
            .iter()
            .find_map(|end| body.strip_suffix(end))
            .unwrap_or(body);
        return body.len().max(header_end);
    }
    let mut end = end;
    loop {
        let line = line_start(text, end);
        if line <= header_end {
            // Only a header, whose comment is no part of it.
            return if indent == usize::MAX {
                header_end
            } else {
                end
            };
        }
        let last = text[line..end].trim_end_matches('\r');
        if !blank(last) {
            return line + last.len();
        }
        end = line - 1;
    }
}

/// The `|` or `>` that comes first after a node's end, behind colons, dashes, comments, anchors and tags.
fn header(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        match bytes.get(at)? {
            b'|' | b'>' => return Some(at),
            b'#' => at += text[at..].find(['\n', '\r'])?,
            b'&' | b'!' => at += text[at..].find([' ', '\t', '\n', '\r'])?,
            b' ' | b'\t' | b'\n' | b'\r' | b':' | b'-' | b'?' => at += 1,
            // A byte-order mark before the first node.
            0xef if text[at..].starts_with('\u{feff}') => at += '\u{feff}'.len_utf8(),
            // The end of an empty document.
            b'.' if text[at..].starts_with("...") => at += 3,
            _ => return None,
        }
    }
}
