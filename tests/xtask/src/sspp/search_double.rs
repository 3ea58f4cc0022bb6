//! A search engine that takes every document at once and keeps none: what is measured beside it is SSPP alone.

use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::http;

/// Serves on a port of its own until the program ends.
pub(crate) struct SearchDouble {
    port: u16,
    documents: Arc<AtomicUsize>,
}

impl SearchDouble {
    pub(crate) fn start() -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("the search double cannot listen: {error}");
        let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let documents = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&documents);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let counted = Arc::clone(&counted);
                // It ends with the connection.
                std::thread::spawn(move || serve(stream, &counted));
            }
        });
        Ok(Self { port, documents })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How many documents it was sent.
    pub(crate) fn documents(&self) -> usize {
        self.documents.load(Ordering::Relaxed)
    }
}

fn serve(stream: TcpStream, documents: &AtomicUsize) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let (first, length) = http::head(&mut stream)?;
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        let answer = if first.contains("/_bulk") {
            // An action and a document, a line each.
            let sent = String::from_utf8_lossy(&body).lines().count() / 2;
            documents.fetch_add(sent, Ordering::Relaxed);
            taken(sent)
        } else {
            r#"{"status":"green","acknowledged":true}"#.to_owned()
        };
        let length = answer.len();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{answer}"
        );
        stream.get_mut().write_all(answer.as_bytes())?;
    }
}

/// What `OpenSearch` answers when it has indexed so many documents, as far as it is asked to say.
fn taken(documents: usize) -> String {
    let items = vec![r#"{"index":{"status":201}}"#; documents];
    format!(r#"{{"errors":false,"items":[{}]}}"#, items.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_document_is_counted_and_answered() {
        let double = SearchDouble::start().unwrap();
        let mut connection = http::Connection::open(&double.port.to_string()).unwrap();
        let body = "{\"index\":{}}\n{}\n{\"index\":{}}\n{}\n";
        let answer = connection.ask("POST", "/sales-signals/_bulk", body);
        let answer: serde_json::Value = serde_json::from_str(&answer.unwrap().body).unwrap();
        assert_eq!(answer["items"].as_array().unwrap().len(), 2);
        assert_eq!(double.documents(), 2);
        let health = connection.ask("GET", "/_cluster/health", "").unwrap();
        assert_eq!(health.status, 200);
    }
}
