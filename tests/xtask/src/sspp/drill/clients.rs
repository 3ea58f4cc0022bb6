//! Clients that send events at a steady pace, and count what they are answered.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::super::stack::{API_PORT, pause};
use crate::command;

/// Events of one request.
const BATCH: u64 = 10;
const PAUSE: Duration = Duration::from_millis(50);

/// By status; `000` is no answer.
type Answers = BTreeMap<String, u64>;

pub(super) struct Clients {
    stop: Arc<AtomicBool>,
    answers: Arc<Mutex<Answers>>,
    accepted: Arc<Mutex<u64>>,
    thread: Option<JoinHandle<()>>,
}

impl Clients {
    pub(super) fn start() -> Self {
        let mut clients = Self {
            stop: Arc::default(),
            answers: Arc::default(),
            accepted: Arc::default(),
            thread: None,
        };
        let stop = Arc::clone(&clients.stop);
        let answers = Arc::clone(&clients.answers);
        let accepted = Arc::clone(&clients.accepted);
        clients.thread = Some(std::thread::spawn(move || {
            let mut number = 0;
            while !stop.load(Ordering::Relaxed) {
                // A batch that is not accepted is sent again, as clients do that must lose nothing.
                let status = send(number);
                if status == "202" {
                    number += BATCH;
                    *accepted.lock().unwrap_or_else(PoisonError::into_inner) += BATCH;
                }
                let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
                *answers.entry(status).or_default() += 1;
                drop(answers);
                pause(PAUSE);
            }
        }));
        clients
    }

    /// What was answered since this was last asked.
    pub(super) fn summary(&self) -> String {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = std::mem::take(&mut *answers).into_iter();
        let counts: Vec<String> = counts
            .map(|(status, count)| format!("{count} × {status}"))
            .collect();
        format!("{} (batches of {BATCH})", counts.join(", "))
    }

    /// Returns how many events were accepted in all.
    pub(super) fn stop(&mut self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        *self.accepted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Clients {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Sends the events from `number` on, and returns the status of the answer.
fn send(number: u64) -> String {
    let events = (number..number + BATCH).map(|number| {
        format!(
            r#"{{"eventId":"drill-{number}","accountId":"acc-{}","userId":"user-1","eventType":"email_opened","timestamp":"2025-12-22T09:00:00Z"}}"#,
            number % 100
        )
    });
    let body = format!("{{\"events\":[{}]}}", events.collect::<Vec<_>>().join(","));
    let mut curl = Command::new("curl");
    curl.args(["-s", "-o", "/dev/null", "-w", "%{http_code}", "--data"]);
    curl.arg(body);
    curl.arg(format!("http://127.0.0.1:{API_PORT}/api/v1/events/batch"));
    // curl fails when nobody answers, and prints 000 all the same.
    match command::capture(&mut curl) {
        Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Err(_) => "000".to_owned(),
    }
}
