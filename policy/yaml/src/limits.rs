//! How much of a hostile file is read before it is refused.

/// Bounds on one file. Each one that is passed is a [`crate::SyntaxError`] of its own kind, never a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file in bytes. Spans are 32 bits wide, so this is at most `u32::MAX`.
    pub bytes: usize,
    /// Nested collections, block or flow, in one document.
    pub depth: usize,
    /// Documents in one file.
    pub documents: usize,
    /// Nodes that all aliases of one document stand for, written out.
    pub alias_nodes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            depth: 255,
            documents: 10_000,
            alias_nodes: 200_000,
        }
    }
}
