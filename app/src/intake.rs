//! From a checked event to a promise: requests that arrive together are made durable together.
//!
//! One round trip to Redis, or one commit in PostgreSQL, serves every request that waits for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, oneshot};

use crate::clock;
use crate::domain::Parsed;
use crate::queue::{self, NewJob, Queue};
use crate::store::{Outbox, Placed};

/// Requests that may wait to be made durable; more are told to come back.
const WAITING: usize = 4096;
/// Events that are made durable at once.
const AT_ONCE: usize = 2000;
/// While one group is being made durable the next gathers.
const COMMITTERS: usize = 2;

/// Where accepted events go.
pub(crate) enum Sink {
    Redis { queue: Queue, remembered: Duration },
    Outbox(Outbox),
}

/// The events could not be made durable.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Too many wait already.
    Full,
    /// The store did not take them; it may have, when the connection broke at the last moment.
    Failed,
}

struct Request {
    events: Vec<Parsed>,
    answer: oneshot::Sender<Result<Vec<Placed>, Refused>>,
}

/// The way in. Ends, after what it holds is durable, when the last clone is dropped.
#[derive(Clone)]
pub(crate) struct Intake {
    requests: mpsc::Sender<Request>,
}

impl Intake {
    pub(crate) fn start(sink: Sink) -> Self {
        let (requests, receiver) = mpsc::channel(WAITING);
        let sink = Arc::new(sink);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..COMMITTERS {
            tokio::spawn(commit_all(Arc::clone(&sink), Arc::clone(&receiver)));
        }
        Self { requests }
    }

    /// Returns once the events are durable, and says of each what became of it.
    pub(crate) async fn place(&self, events: Vec<Parsed>) -> Result<Vec<Placed>, Refused> {
        let (answer, answered) = oneshot::channel();
        let request = Request { events, answer };
        self.requests.try_send(request).map_err(|_| Refused::Full)?;
        answered.await.unwrap_or(Err(Refused::Failed))
    }
}

async fn commit_all(sink: Arc<Sink>, receiver: Arc<Mutex<mpsc::Receiver<Request>>>) {
    loop {
        let group = gather(&mut *receiver.lock().await).await;
        if group.is_empty() {
            return;
        }
        commit(&sink, group).await;
    }
}

/// The requests that wait now; at least one, unless there will be no more.
async fn gather(receiver: &mut mpsc::Receiver<Request>) -> Vec<Request> {
    let mut group: Vec<Request> = receiver.recv().await.into_iter().collect();
    let mut events: usize = group.iter().map(|request| request.events.len()).sum();
    while events < AT_ONCE
        && let Ok(request) = receiver.try_recv()
    {
        events += request.events.len();
        group.push(request);
    }
    group
}

async fn commit(sink: &Sink, group: Vec<Request>) {
    let events: Vec<&Parsed> = group.iter().flat_map(|request| &request.events).collect();
    let placed = match sink.place(&events).await {
        Ok(placed) => placed,
        Err(error) => {
            tracing::error!(error, events = events.len(), "events could not be accepted");
            for request in group {
                let _ = request.answer.send(Err(Refused::Failed));
            }
            return;
        }
    };
    let mut placed = placed.into_iter();
    for request in group {
        let own = placed.by_ref().take(request.events.len()).collect();
        // A client that has gone does not wait for its answer.
        let _ = request.answer.send(Ok(own));
    }
}

impl Sink {
    async fn place(&self, events: &[&Parsed]) -> Result<Vec<Placed>, String> {
        match self {
            Self::Redis { queue, remembered } => {
                let jobs: Vec<NewJob> = events.iter().map(|parsed| new_job(parsed)).collect();
                let placed = queue.enqueue(&jobs, *remembered).await;
                placed.map_err(|error| error.to_string())
            }
            Self::Outbox(outbox) => {
                let placed = outbox.place(events).await;
                placed.map_err(|error| error.to_string())
            }
        }
    }
}

fn new_job(parsed: &Parsed) -> NewJob {
    let event = &parsed.event;
    NewJob {
        named: parsed
            .named_by_client
            .then(|| (event.event_id, event.fingerprint())),
        entry: queue::first(&event.json(), clock::now()),
    }
}
