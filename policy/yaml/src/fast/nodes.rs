//! Writing slots.

use super::{Frame, Reader};
use crate::ScalarStyle;
use crate::tree::{Shape, Slot, TagKind};

impl Reader<'_> {
    pub(super) fn open(&mut self, shape: Shape, at: usize, column: usize) -> Option<()> {
        if self.frames.len() >= self.limits.depth {
            return None;
        }
        let slot = self.push(Slot::new(self.span(at, at), shape, TagKind::None));
        self.frames.push(Frame {
            slot,
            column,
            map: shape == Shape::Mapping,
        });
        Some(())
    }

    pub(super) fn close(&mut self) {
        if let Some(frame) = self.frames.pop() {
            self.complete(frame);
        }
    }

    pub(super) fn complete(&mut self, frame: Frame) {
        let next = self.tree.slots.len() as u32;
        let slot = &mut self.tree.slots[frame.slot as usize];
        slot.end = self.last_end;
        slot.to = next;
    }

    pub(super) fn push(&mut self, slot: Slot) -> u32 {
        let id = self.tree.slots.len() as u32;
        self.last_end = slot.end;
        if self.brackets.is_empty()
            && self.frames.is_empty()
            && let Some(document) = self.tree.documents.last_mut()
        {
            document.root = Some(id);
        }
        self.tree.slots.push(slot);
        id
    }

    /// A value that is not there, where it would be.
    pub(super) fn absent(&mut self, at: usize) {
        let place = self.span(at, at);
        self.push(Slot::new(
            place,
            Shape::Scalar(ScalarStyle::Plain),
            TagKind::None,
        ));
    }
}
