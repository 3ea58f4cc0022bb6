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
    let nul = first_nul(&bytes);
    match (String::from_utf8(bytes), nul) {
        (_, Some(at)) => Err(DecodeError::Binary(at)),
        (Ok(text), None) => Ok(text),
        (Err(error), None) => Err(DecodeError::NotUtf8(error.utf8_error().valid_up_to())),
    }
}

/// The first NUL byte near the beginning, where binary files have theirs.
fn first_nul(bytes: &[u8]) -> Option<usize> {
    let beginning = &bytes[..bytes.len().min(8192)];
    // Nearly no file has one, and to know that is several times as fast as to know where it would be.
    if !beginning.contains(&0) {
        return None;
    }
    beginning.iter().position(|&byte| byte == 0)
}
