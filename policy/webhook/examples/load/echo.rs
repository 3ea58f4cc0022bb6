//! Bytes there and back through loopback, between two threads that do nothing with them.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// About what an answer with warnings has.
const ANSWER: [u8; 1024] = [b'.'; 1024];

/// Sends a request for so long, one after the other; gives back how many microseconds each took, sorted.
pub(super) fn drive(request: &[u8], seconds: Duration) -> Result<Vec<u32>, String> {
    let shown = |error: std::io::Error| error.to_string();
    let listener = TcpListener::bind("127.0.0.1:0").map_err(shown)?;
    let address = listener.local_addr().map_err(shown)?;
    let length = request.len();
    let answers = std::thread::spawn(move || answer(&listener, length));
    let mut stream = TcpStream::connect(address).map_err(shown)?;
    stream.set_nodelay(true).map_err(shown)?;
    let (until, mut times, mut buffer) = (Instant::now() + seconds, Vec::new(), ANSWER);
    while Instant::now() < until {
        let began = Instant::now();
        stream.write_all(request).map_err(shown)?;
        stream.read_exact(&mut buffer).map_err(shown)?;
        times.push(began.elapsed().as_micros() as u32);
    }
    drop(stream);
    // It ends with the connection, by an error.
    let _ = answers.join();
    times.sort_unstable();
    Ok(times)
}

fn answer(listener: &TcpListener, length: usize) -> std::io::Result<()> {
    let (mut stream, _) = listener.accept()?;
    stream.set_nodelay(true)?;
    let mut request = vec![0; length];
    loop {
        stream.read_exact(&mut request)?;
        stream.write_all(&ANSWER)?;
    }
}
