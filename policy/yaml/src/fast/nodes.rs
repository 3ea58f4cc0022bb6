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
            children: 0,
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
        slot.a = if frame.map {
            frame.children / 2
        } else {
            frame.children
        };
        slot.next = next;
    }

    pub(super) fn push(&mut self, slot: Slot) -> u32 {
        let id = self.tree.slots.len() as u32;
        self.last_end = slot.end;
        if let Some(parent) = self.brackets.last_mut().or(self.frames.last_mut()) {
            parent.children += 1;
        } else if let Some(document) = self.tree.documents.last_mut() {
            document.root = Some(id);
        }
        self.tree.slots.push(Slot {
            next: id + 1,
            ..slot
        });
        id
    }

    /// A value that is not there, where it would be.
    pub(super) fn absent(&mut self, at: usize) {
        self.push(Slot {
            a: at as u32,
            b: at as u32,
            ..Slot::new(
                self.span(at, at),
                Shape::Scalar(ScalarStyle::Plain),
                TagKind::None,
            )
        });
    }
}
