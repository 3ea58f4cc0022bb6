//! A connection that is cut when its client is too slow to be one.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::Bounds;

const HEAD: u8 = 0;
const ANSWERING: u8 = 1;
const IDLE: u8 = 2;

/// What a connection is at: its reader and its requests both move it on.
#[derive(Clone, Default)]
pub(super) struct Phase(Arc<AtomicU8>);

impl Phase {
    /// A head has arrived. From here on the request has a time of its own.
    pub(super) fn answering(&self) {
        self.0.store(ANSWERING, Ordering::Relaxed);
    }

    pub(super) fn answered(&self) {
        self.0.store(IDLE, Ordering::Relaxed);
    }

    fn is_head(&self) -> bool {
        self.0.load(Ordering::Relaxed) == HEAD
    }

    /// The first bytes after an answer begin the next head.
    fn arrived(&self) -> bool {
        let moved = self
            .0
            .compare_exchange(IDLE, HEAD, Ordering::Relaxed, Ordering::Relaxed);
        moved.is_ok()
    }
}

/// Limits how long a head takes, however often a byte of it comes, and how long nothing can be written.
pub(super) struct Paced<S> {
    stream: S,
    phase: Phase,
    bounds: Bounds,
    head: Clock,
    write: Clock,
}

impl<S> Paced<S> {
    pub(super) fn new(stream: S, phase: Phase, bounds: Bounds) -> Self {
        Self {
            stream,
            phase,
            bounds,
            head: Clock::default(),
            write: Clock::default(),
        }
    }
}

/// Runs from the first time that it is waited for until it is stopped.
#[derive(Default)]
struct Clock(Option<Pin<Box<Sleep>>>);

impl Clock {
    fn stop(&mut self) {
        self.0 = None;
    }

    /// An error once `time` is over.
    fn wait<T>(&mut self, time: Duration, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        let start = || Box::pin(tokio::time::sleep_until(Instant::now() + time));
        ready!(self.0.get_or_insert_with(start).as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let read = Pin::new(&mut this.stream).poll_read(cx, buffer);
        if read.is_ready() && this.phase.arrived() || !this.phase.is_head() {
            this.head.stop();
        }
        if this.phase.is_head() && read.is_pending() {
            return this.head.wait(this.bounds.head, cx);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> Paced<S> {
    fn written<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_pending() {
            return self.write.wait(self.bounds.unread, cx);
        }
        self.write.stop();
        written
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.written(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, parts);
        this.written(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
