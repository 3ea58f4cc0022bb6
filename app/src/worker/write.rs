//! Writing a batch, whatever PostgreSQL says: waiting while it is away, finding the job that it refuses.

use std::time::Duration;

use uuid::Uuid;

use super::Worker;
use crate::store::{Fault, Scored, Written};

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Why a job's signal is not written.
#[derive(Clone, Debug)]
pub(super) enum Unwritten {
    /// PostgreSQL refuses this very row.
    Refused(String),
    /// It may go well another time.
    Failed(String),
}

impl Unwritten {
    pub(super) fn reason(&self) -> &str {
        match self {
            Self::Refused(reason) | Self::Failed(reason) => reason,
        }
    }
}

/// The rows that are there now, and the events that have none.
type Outcome = (Vec<Written>, Vec<(Uuid, Unwritten)>);

impl Worker {
    /// `None` when PostgreSQL is away and the worker is to stop.
    pub(super) async fn write(&self, scored: &[Scored<'_>]) -> Option<Outcome> {
        let (mut written, mut unwritten) = (Vec::new(), Vec::new());
        let mut open = vec![scored];
        while let Some(part) = open.pop() {
            if part.is_empty() {
                continue;
            }
            match self.write_when_there(part).await? {
                Ok(rows) => written.extend(rows),
                Err((Fault::Data, _)) if part.len() > 1 => {
                    // One bad row fails the statement for all: halves find it in a few steps.
                    let (one, other) = part.split_at(part.len() / 2);
                    open.extend([other, one]);
                }
                Err((fault, reason)) => {
                    let cause = match fault {
                        Fault::Data => Unwritten::Refused(reason),
                        Fault::Outage | Fault::Passing => Unwritten::Failed(reason),
                    };
                    let ids = part.iter().map(|scored| scored.event.event_id);
                    unwritten.extend(ids.map(|id| (id, cause.clone())));
                }
            }
        }
        Some((written, unwritten))
    }

    /// An outage is no job's fault and costs none an attempt.
    async fn write_when_there(
        &self,
        part: &[Scored<'_>],
    ) -> Option<Result<Vec<Written>, (Fault, String)>> {
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match self.store.write(part).await {
                Ok(written) => return Some(Ok(written)),
                Err(error) => error,
            };
            let fault = Fault::of(&error);
            if fault != Fault::Outage {
                return Some(Err((fault, error.to_string())));
            }
            tracing::warn!(%error, jobs = part.len(), "waiting for PostgreSQL");
            self.unless_stopped(tokio::time::sleep(pause)).await?;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}
