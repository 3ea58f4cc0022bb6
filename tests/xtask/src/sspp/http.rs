//! Just enough of HTTP to ask a process on this machine something.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const TIME: Duration = Duration::from_secs(30);

/// A status and a body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// A connection that is kept.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    /// A header that says who asks; nothing if nobody does.
    authorization: String,
}

impl Connection {
    pub(crate) fn open(port: &str) -> Result<Self, String> {
        let open = || -> std::io::Result<TcpStream> {
            let stream = TcpStream::connect(format!("127.0.0.1:{port}"))?;
            stream.set_read_timeout(Some(TIME))?;
            stream.set_nodelay(true)?;
            Ok(stream)
        };
        let stream = open().map_err(|error| format!("port {port}: {error}"))?;
        let stream = BufReader::new(stream);
        Ok(Self {
            stream,
            authorization: String::new(),
        })
    }

    /// Asks with a token from now on.
    pub(crate) fn with_token(mut self, token: &str) -> Self {
        self.authorization = format!("authorization: Bearer {token}\r\n");
        self
    }

    /// Sends a request and reads its answer.
    pub(crate) fn ask(&mut self, method: &str, path: &str, body: &str) -> Result<Answer, String> {
        let (length, authorization) = (body.len(), &self.authorization);
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\n{authorization}content-length: {length}\r\n\r\n{body}"
        );
        self.exchange(&request)
            .map_err(|error| format!("{method} {path}: {error}"))
    }

    fn exchange(&mut self, request: &str) -> std::io::Result<Answer> {
        self.stream.get_mut().write_all(request.as_bytes())?;
        let (first, length) = head(&mut self.stream)?;
        let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| std::io::Error::other(format!("no status: {first}")))?;
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        let body = String::from_utf8_lossy(&body).into_owned();
        Ok(Answer { status, body })
    }
}

/// Asks once, over a connection of its own.
pub(crate) fn get(port: &str, path: &str) -> Result<Answer, String> {
    Connection::open(port)?.ask("GET", path, "")
}

/// Reads a head: its first line, and how long the body is that follows.
pub(super) fn head(stream: &mut impl BufRead) -> std::io::Result<(String, usize)> {
    let (mut first, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end();
        if line.is_empty() {
            return Ok((first, length));
        }
        if first.is_empty() {
            line.clone_into(&mut first);
        } else if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(std::io::Error::other)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_how_long_the_body_is() {
        let mut text = &b"HTTP/1.1 200 OK\r\nx: y\r\nContent-Length: 3\r\n\r\nabc"[..];
        let (first, length) = head(&mut text).unwrap();
        assert_eq!((first.as_str(), length), ("HTTP/1.1 200 OK", 3));
        assert_eq!(text, b"abc");
        assert!(head(&mut &b"HTTP/1.1 200 OK\r\n"[..]).is_err());
    }
}
