//! Bytes to text.

/// Why bytes are not a text that Kubernetes reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// A NUL byte: a binary file. Holds the byte's offset.
    Binary(usize),
    /// UTF-16 or UTF-32, by its byte-order mark.
    Utf16,
    /// Not UTF-8. Holds the offset of the first bad byte.
    NotUtf8(usize),
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Binary(at) => write!(f, "binary file: byte {at} is NUL"),
            Self::Utf16 => f.write_str("the file is UTF-16 or UTF-32; save it as UTF-8"),
            Self::NotUtf8(at) => write!(
                f,
                "not UTF-8: byte {at} begins no character; save the file as UTF-8"
            ),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Reads bytes as UTF-8. A byte-order mark is kept, so that offsets are those of the file.
pub fn decode(bytes: Vec<u8>) -> Result<String, DecodeError> {
    if bytes.starts_with(&[0xff, 0xfe])
        || bytes.starts_with(&[0xfe, 0xff])
        || bytes.starts_with(&[0, 0, 0xfe, 0xff])
    {
        return Err(DecodeError::Utf16);
    }
    String::from_utf8(bytes).map_or_else(
        |error| {
            let at = error.utf8_error().valid_up_to();
            let nul = error
                .as_bytes()
                .iter()
                .take(8192)
                .position(|&byte| byte == 0);
            Err(nul.map_or(DecodeError::NotUtf8(at), DecodeError::Binary))
        },
        |text| match text.bytes().take(8192).position(|byte| byte == 0) {
            Some(at) => Err(DecodeError::Binary(at)),
            None => Ok(text),
        },
    )
}
