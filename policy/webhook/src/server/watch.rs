//! A connection that is watched: whoever begins a request and does not go on with it is cut off, while one that has
//! nothing to ask may stay, since the API server keeps its connections.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What a connection is doing, in milliseconds since it was opened; 0 for not.
#[derive(Debug)]
pub(super) struct Progress {
    opened: Instant,
    /// The first byte of a head that is not complete yet.
    head: AtomicU64,
    /// Since when there has been nothing to do.
    idle: AtomicU64,
    /// Requests that are being answered.
    answering: AtomicU64,
    answered: AtomicU64,
}

/// How long a connection may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For the head of a request, from its first byte.
    pub(super) head: Duration,
    /// For the first request.
    pub(super) first: Duration,
    /// Between two requests. Longer than the 90 seconds after which the API server itself closes.
    pub(super) idle: Duration,
}

pub(super) const PATIENCE: Patience = Patience {
    head: Duration::from_secs(5),
    first: Duration::from_secs(10),
    idle: Duration::from_mins(2),
};

impl Progress {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            opened: Instant::now(),
            head: AtomicU64::new(0),
            idle: AtomicU64::new(1),
            answering: AtomicU64::new(0),
            answered: AtomicU64::new(0),
        })
    }

    fn now(&self) -> u64 {
        self.opened.elapsed().as_millis() as u64 + 1
    }

    /// The head of a request is complete.
    pub(super) fn begins(&self) {
        self.head.store(0, Ordering::Relaxed);
        self.answering.fetch_add(1, Ordering::Relaxed);
    }

    /// A request is answered.
    pub(super) fn ends(&self) {
        self.answering.fetch_sub(1, Ordering::Relaxed);
        self.answered.fetch_add(1, Ordering::Relaxed);
        self.idle.store(self.now(), Ordering::Relaxed);
    }

    /// Whether a request ever was complete.
    pub(super) fn has_asked(&self) -> bool {
        self.answering.load(Ordering::Relaxed) > 0 || self.answered.load(Ordering::Relaxed) > 0
    }

    fn reads(&self) {
        if self.answering.load(Ordering::Relaxed) == 0 && self.head.load(Ordering::Relaxed) == 0 {
            self.head.store(self.now(), Ordering::Relaxed);
        }
    }

    /// Whether it takes too long.
    pub(super) fn is_stuck(&self, patience: &Patience) -> bool {
        // A body has the time that its request says.
        if self.answering.load(Ordering::Relaxed) > 0 {
            return false;
        }
        let since = |at: u64| Duration::from_millis(self.now().saturating_sub(at));
        let head = self.head.load(Ordering::Relaxed);
        if head > 0 {
            return since(head) > patience.head;
        }
        let first = self.answered.load(Ordering::Relaxed) == 0;
        let most = if first { patience.first } else { patience.idle };
        since(self.idle.load(Ordering::Relaxed)) > most
    }
}

/// A stream that notes when something is read.
pub(super) struct Watched<S> {
    stream: S,
    progress: Arc<Progress>,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, progress: Arc<Progress>) -> Self {
        Self { stream, progress }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.progress.reads();
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Patience = Patience {
        head: Duration::ZERO,
        first: Duration::ZERO,
        idle: Duration::ZERO,
    };

    fn later(progress: &Progress) {
        let now = progress.now();
        while progress.now() == now {
            std::hint::spin_loop();
        }
    }

    #[test]
    fn only_what_is_not_being_answered_can_be_stuck() {
        let progress = Progress::new();
        assert!(!progress.is_stuck(&PATIENCE));
        later(&progress);
        assert!(progress.is_stuck(&NONE), "no first request");
        progress.reads();
        let head = Patience {
            head: PATIENCE.head,
            ..NONE
        };
        assert!(!progress.is_stuck(&head), "the head has its own time");
        progress.begins();
        later(&progress);
        assert!(!progress.is_stuck(&NONE));
        progress.ends();
        later(&progress);
        assert!(progress.is_stuck(&NONE), "idle");
        assert!(!progress.is_stuck(&Patience {
            idle: PATIENCE.idle,
            ..NONE
        }));
    }
}
