//! Base64 (RFC 4648, section 4), which the values under `data` of a Secret are written in.

/// The bytes; `None` for text that is no base64. Line breaks are ignored, as the API server ignores them.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u32);
    let symbols = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let unpadded = text.trim_end().trim_end_matches('=');
    let wanted = unpadded
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .count();
    for symbol in symbols.take(wanted) {
        bits = bits << 6 | u32::from(value(symbol)?);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    (wanted % 4 != 1).then_some(bytes)
}

fn value(symbol: u8) -> Option<u8> {
    match symbol {
        b'A'..=b'Z' => Some(symbol - b'A'),
        b'a'..=b'z' => Some(symbol - b'a' + 26),
        b'0'..=b'9' => Some(symbol - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn decodes_as_the_standard_says() {
        // RFC 4648, section 10.
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9v\nYmFy", "foobar"),
        ] {
            assert_eq!(
                super::decode(text).as_deref(),
                Some(bytes.as_bytes()),
                "{text}"
            );
        }
        assert_eq!(super::decode("${PASSWORD}"), None);
        assert_eq!(super::decode("A"), None);
    }
}
