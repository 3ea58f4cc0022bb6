//! Whose fault a failed statement is: that decides whether to wait, to try again, or to give up.

/// What a failure says about the data that it failed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// PostgreSQL is away, starting, stopping or full: nothing is wrong with the data.
    Outage,
    /// PostgreSQL refuses this data, and will again.
    Data,
    /// Something that may go well another time: a deadlock, a statement that took too long.
    Passing,
}

impl Fault {
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => match error.code() {
                Some(code) => Self::of_code(&code),
                None => Self::Passing,
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Outage,
            _ => Self::Passing,
        }
    }

    /// By the classes of SQLSTATE (PostgreSQL's manual, appendix A).
    fn of_code(code: &str) -> Self {
        match code.get(..2) {
            // Connection, authorization, resources, operator intervention, system, a schema not migrated yet.
            Some("08" | "28" | "53" | "58" | "3D" | "42") => Self::Outage,
            Some("57") if code != "57014" => Self::Outage,
            // A read-only standby that is about to be promoted.
            Some("25") => Self::Outage,
            Some("22" | "23" | "54") => Self::Data,
            _ => Self::Passing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_of_the_code_decides() {
        assert_eq!(Fault::of_code("57P01"), Fault::Outage);
        assert_eq!(Fault::of_code("53300"), Fault::Outage);
        assert_eq!(Fault::of_code("42P01"), Fault::Outage);
        assert_eq!(Fault::of_code("22P05"), Fault::Data);
        assert_eq!(Fault::of_code("40P01"), Fault::Passing);
        assert_eq!(Fault::of_code("57014"), Fault::Passing);
        assert_eq!(Fault::of(&sqlx::Error::PoolTimedOut), Fault::Outage);
    }
}
