//! What a request has to pass before it is looked at: the token, the limits, the time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use super::Api;
use crate::problem::Problem;

/// The limits of one process.
pub(crate) struct Limits {
    in_hand: Semaphore,
    rate: Option<Rate>,
}

impl Limits {
    /// `rate` is in requests a second; 0 is no limit.
    pub(crate) fn new(concurrency: usize, rate: u32) -> Self {
        Self {
            in_hand: Semaphore::new(concurrency),
            rate: (rate > 0).then(|| Rate::new(rate)),
        }
    }
}

/// Allows so many requests a second, evenly; a second's worth may come at once.
struct Rate {
    each: Duration,
    /// When everything that was allowed has been paid for.
    paid: Mutex<Instant>,
}

impl Rate {
    fn new(rate: u32) -> Self {
        Self {
            each: Duration::from_secs(1) / rate,
            paid: Mutex::new(Instant::now()),
        }
    }

    fn allow(&self, now: Instant) -> bool {
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        let next = (*paid).max(now) + self.each;
        let allowed = next <= now + Duration::from_secs(1);
        if allowed {
            *paid = next;
        }
        allowed
    }
}

/// Answers at once when there is too much to do, and in time in any case.
pub(super) async fn limit(
    State(api): State<Arc<Api>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let limits = &api.limits;
    if let Some(rate) = &limits.rate
        && !rate.allow(Instant::now())
    {
        return Err(Problem::RateLimited);
    }
    let Ok(_permit) = limits.in_hand.try_acquire() else {
        return Err(Problem::Busy("Too many requests are in hand here."));
    };
    let answered = timeout(api.settings.request_time, next.run(request)).await;
    answered.map_err(|_| Problem::TooLong)
}

/// Lets through who has the token, or everyone when there is none.
pub(super) async fn authorize(
    State(api): State<Arc<Api>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if let Some(token) = &api.settings.token
        && !bears(request.headers(), token)
    {
        return Err(Problem::Unauthorized);
    }
    Ok(next.run(request).await)
}

fn bears(headers: &HeaderMap, token: &str) -> bool {
    let given = headers.get(header::AUTHORIZATION);
    let given = given.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    given.is_some_and(|given| equal(given, token.as_bytes()))
}

/// Takes the same time wherever the two differ.
fn equal(one: &[u8], other: &[u8]) -> bool {
    let differences = one.iter().zip(other).map(|(one, other)| one ^ other);
    let different = differences.fold(0, |all, one| all | one);
    one.len() == other.len() && std::hint::black_box(different) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_of_requests_may_come_at_once_and_no_more() {
        let rate = Rate::new(10);
        let now = *rate.paid.lock().unwrap();
        let allowed = (0..20).filter(|_| rate.allow(now)).count();
        assert_eq!(allowed, 10);
        assert!(rate.allow(now + Duration::from_millis(101)));
        assert!(!rate.allow(now + Duration::from_millis(102)));
    }

    #[test]
    fn only_the_whole_token_counts() {
        let headers = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            headers
        };
        assert!(bears(&headers("Bearer secret"), "secret"));
        for wrong in [
            "Bearer secre",
            "Bearer secret1",
            "Bearer ",
            "secret",
            "Basic secret",
        ] {
            assert!(!bears(&headers(wrong), "secret"), "{wrong}");
        }
        assert!(!bears(&HeaderMap::new(), "secret"));
    }
}
