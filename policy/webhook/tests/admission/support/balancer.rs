//! What a Service is to the API server: one address, and connections that go to whoever is ready when they are opened.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::authority::HERE;

pub(crate) struct Balancer {
    pub(crate) port: u16,
    /// The ports behind it, asked in turn.
    behind: Arc<Mutex<Vec<u16>>>,
    opened: Arc<AtomicUsize>,
}

impl Balancer {
    /// It listens for as long as the test process lives.
    pub(crate) fn start(behind: &[u16]) -> Self {
        let listener = TcpListener::bind((HERE, 0)).unwrap();
        let balancer = Self {
            port: listener.local_addr().unwrap().port(),
            behind: Arc::new(Mutex::new(behind.to_vec())),
            opened: Arc::default(),
        };
        let (ports, opened) = (Arc::clone(&balancer.behind), Arc::clone(&balancer.opened));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                opened.fetch_add(1, Ordering::Relaxed);
                let next = {
                    let mut ports = ports.lock().unwrap();
                    ports.rotate_left(1);
                    ports[0]
                };
                // A refusal is passed on: the client's connection closes.
                if let Ok(server) = TcpStream::connect((HERE, next)) {
                    join(&client, &server);
                }
            }
        });
        balancer
    }

    /// How many connections were opened.
    pub(crate) fn opened(&self) -> usize {
        self.opened.load(Ordering::Relaxed)
    }

    /// Changes who gets new connections; those that are open stay where they are.
    pub(crate) fn set(&self, behind: &[u16]) {
        *self.behind.lock().unwrap() = behind.to_vec();
    }
}

fn join(one: &TcpStream, other: &TcpStream) {
    for (from, to) in [(one, other), (other, one)] {
        let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        std::thread::spawn(move || pass(from, to));
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    let _ = to.set_nodelay(true);
    let mut buffer = vec![0; 16 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
