//! The names in Redis, all made from the queue's.

use uuid::Uuid;

/// A key of which there is one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key {
    /// The waiting jobs. Its length is what the autoscaler measures.
    Queue,
    /// The batches in hand, by the time at which their lease ends.
    Leases,
    /// The jobs to be tried again, by the time from which on.
    DelayedTimes,
    /// Their entries.
    DelayedEntries,
    /// The jobs that were given up, each with its reason.
    Dead,
    /// How many jobs were done and given up since Redis was first started.
    Counts,
}

impl Key {
    pub(crate) const ALL: [Self; 6] = [
        Self::Queue,
        Self::Leases,
        Self::DelayedTimes,
        Self::DelayedEntries,
        Self::Dead,
        Self::Counts,
    ];

    fn suffix(self) -> &'static str {
        match self {
            Self::Queue => "",
            Self::Leases => ":leases",
            Self::DelayedTimes => ":delayed",
            Self::DelayedEntries => ":delayed:entries",
            Self::Dead => ":dead",
            Self::Counts => ":counts",
        }
    }

    /// Redis' type of the key and what it holds, for the contract.
    pub(crate) fn about(self) -> (&'static str, &'static str) {
        match self {
            Self::Queue => (
                "list",
                "waiting jobs, the oldest first; its length is the backlog",
            ),
            Self::Leases => ("zset", "batches in hand, by the end of their lease"),
            Self::DelayedTimes => ("zset", "jobs to be tried again, by the time from which on"),
            Self::DelayedEntries => ("hash", "the entries of the delayed jobs"),
            Self::Dead => ("list", "jobs that were given up, each with its reason"),
            Self::Counts => ("hash", "how many jobs were completed and how many failed"),
        }
    }
}

/// The names of one queue's keys.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    queue: String,
}

impl Keys {
    pub(crate) fn of(queue: &str) -> Self {
        let queue = queue.to_owned();
        Self { queue }
    }

    pub(crate) fn name(&self, key: Key) -> String {
        format!("{}{}", self.queue, key.suffix())
    }

    /// The jobs of one batch in hand.
    pub(crate) fn batch(&self, id: &str) -> String {
        format!("{}:batch:{id}", self.queue)
    }

    /// That a client has used this id, and for what.
    pub(crate) fn seen(&self, id: Uuid) -> String {
        format!("{}:seen:{id}", self.queue)
    }
}
