//! Writing the tape from a stream of nodes: which slot is whose child, and what anchors and aliases stand for.

use std::collections::HashMap;

use crate::tree::{DocumentSlot, Shape, Slot, TagKind, Tree};
use crate::{ErrorKind, Limits, Span, SyntaxError};

/// A collection that is not closed yet.
pub(crate) struct Open {
    pub(crate) slot: u32,
    pub(crate) block: bool,
    pub(crate) children: u32,
    anchor: usize,
    /// Collections in its deepest branch so far, itself not counted.
    height: usize,
}

/// A named node: its slot, and what an alias of it stands for.
struct Anchor {
    slot: u32,
    complete: bool,
    /// Nodes.
    size: u64,
    /// Collections in its deepest branch.
    height: usize,
}

/// Why the rest of a document, or of the file, is not read.
pub(crate) enum Stop {
    Document(SyntaxError),
    File(SyntaxError),
}

/// A tree under construction.
pub(crate) struct Tape<'a> {
    pub(crate) tree: &'a mut Tree,
    pub(crate) open: Vec<Open>,
    limits: &'a Limits,
    anchors: HashMap<usize, Anchor>,
    /// Nodes that the aliases of this document stand for.
    alias_nodes: u64,
    /// Where the latest node ended.
    pub(crate) last_end: u32,
}

impl<'a> Tape<'a> {
    pub(crate) fn new(tree: &'a mut Tree, limits: &'a Limits) -> Self {
        Self {
            tree,
            open: Vec::new(),
            limits,
            anchors: HashMap::new(),
            alias_nodes: 0,
            last_end: 0,
        }
    }

    pub(crate) fn document(&mut self, place: Span) -> Result<(), Stop> {
        if self.tree.documents.len() >= self.limits.documents {
            let message = format!(
                "more than {} documents in one file; the rest is not read",
                self.limits.documents
            );
            return Err(Stop::File(SyntaxError::new(
                ErrorKind::Limit,
                message,
                place,
            )));
        }
        self.forget();
        self.tree.documents.push(DocumentSlot {
            root: None,
            start: place.start,
            failed: false,
        });
        Ok(())
    }

    /// Forgets what belongs to one document only.
    fn forget(&mut self) {
        self.anchors.clear();
        self.open.clear();
        self.alias_nodes = 0;
    }

    /// Takes the unfinished document out of the tree.
    pub(crate) fn fail(&mut self) {
        if let Some(document) = self.tree.documents.last_mut() {
            if let Some(root) = document.root.take() {
                self.tree.slots.truncate(root as usize);
            }
            document.failed = true;
        }
        self.forget();
    }

    pub(crate) fn scalar(&mut self, slot: Slot, anchor: usize) {
        self.last_end = slot.end;
        let id = self.push(slot);
        if anchor != 0 {
            self.anchors.insert(
                anchor,
                Anchor {
                    slot: id,
                    complete: true,
                    size: 1,
                    height: 0,
                },
            );
        }
    }

    pub(crate) fn collection(
        &mut self,
        slot: Slot,
        block: bool,
        anchor: usize,
    ) -> Result<(), Stop> {
        if self.open.len() >= self.limits.depth {
            return Err(self.too_deep(self.place(&slot)));
        }
        self.last_end = slot.start;
        let slot = self.push(slot);
        if anchor != 0 {
            self.anchors.insert(
                anchor,
                Anchor {
                    slot,
                    complete: false,
                    size: 0,
                    height: 0,
                },
            );
        }
        self.open.push(Open {
            slot,
            block,
            anchor,
            children: 0,
            height: 0,
        });
        Ok(())
    }

    /// Closes the innermost collection; a block collection ends where its last node does.
    pub(crate) fn close(&mut self, end: u32) {
        // A parser closes only what it opened.
        let Some(open) = self.open.pop() else { return };
        let next = self.tree.slots.len() as u32;
        let slot = &mut self.tree.slots[open.slot as usize];
        let end = if open.block { self.last_end } else { end };
        slot.end = end.max(slot.start);
        slot.to = next;
        self.last_end = slot.end;
        let height = open.height + 1;
        if let Some(parent) = self.open.last_mut() {
            parent.height = parent.height.max(height);
        }
        if let Some(anchor) = self.anchors.get_mut(&open.anchor) {
            anchor.complete = true;
            anchor.size += u64::from(next - open.slot);
            anchor.height = height;
        }
    }

    pub(crate) fn alias(&mut self, anchor: usize, place: Span) -> Result<(), Stop> {
        let Some(target) = self.anchors.get(&anchor).filter(|target| target.complete) else {
            return Err(Stop::Document(SyntaxError::new(
                ErrorKind::AliasCycle,
                "an alias inside the node that it names would never end",
                place,
            )));
        };
        let (slot, size, height) = (target.slot, target.size, target.height);
        self.alias_nodes += size;
        if self.alias_nodes > self.limits.alias_nodes {
            let message = format!(
                "the aliases of this document stand for more than {} nodes",
                self.limits.alias_nodes
            );
            return Err(Stop::Document(SyntaxError::new(
                ErrorKind::Limit,
                message,
                place,
            )));
        }
        // Whoever walks the tree follows aliases, so what they add counts as depth.
        if self.open.len() + height > self.limits.depth {
            return Err(self.too_deep(place));
        }
        // What holds this alias grows by what it stands for.
        for open in &mut self.open {
            if let Some(anchor) = self.anchors.get_mut(&open.anchor) {
                anchor.size += size;
            }
        }
        if let Some(open) = self.open.last_mut() {
            open.height = open.height.max(height);
        }
        self.last_end = place.end;
        self.push(Slot {
            to: slot,
            ..Slot::new(place, Shape::Alias, TagKind::None)
        });
        Ok(())
    }

    fn too_deep(&self, place: Span) -> Stop {
        let message = format!(
            "more than {} collections inside each other",
            self.limits.depth
        );
        Stop::Document(SyntaxError::new(ErrorKind::Limit, message, place))
    }

    fn place(&self, slot: &Slot) -> Span {
        Span {
            source: self.tree.source,
            start: slot.start,
            end: slot.end,
        }
    }

    fn push(&mut self, slot: Slot) -> u32 {
        let id = self.tree.slots.len() as u32;
        if let Some(open) = self.open.last_mut() {
            open.children += 1;
        } else if let Some(document) = self.tree.documents.last_mut() {
            document.root.get_or_insert(id);
            // A parser that begins a block scalar behind its header begins the document there too.
            document.start = document.start.min(slot.start);
        }
        self.tree.slots.push(slot);
        id
    }
}
