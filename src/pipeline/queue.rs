//! Look-ups that wait for the I/O thread, with one buffer for their bytes, so that a submission allocates nothing.

use std::{ops::Range, sync::Arc, time::Instant};

use crate::core::{credential::CredentialKind, settings::Settings};

/// Capacity that an emptied buffer keeps: about 300 cookies. What a burst needed beyond it is given back.
const KEPT_BYTES: usize = 64 * 1024;
/// About as many look-ups as fit into the kept bytes.
const KEPT_ITEMS: usize = 1024;

/// One look-up that waits.
#[derive(Debug)]
pub struct Item {
    /// JavaScript's number for this look-up.
    pub ticket: u32,
    /// What the bytes are.
    pub kind: CredentialKind,
    /// When it was submitted. Its deadline counts from here.
    pub since: Instant,
    bytes: Range<usize>,
    settings: usize,
}

/// Look-ups in the order of submission.
#[derive(Debug, Default)]
pub struct Queue {
    items: Vec<Item>,
    arena: Vec<u8>,
    /// The settings of these look-ups: usually one, because settings seldom change. With an index per item instead of
    /// an `Arc`, a look-up saves two atomic operations between two threads.
    settings: Vec<Arc<Settings>>,
}

impl Queue {
    /// Appends a look-up. True if the queue was empty, so that its reader must be woken.
    pub fn push(
        &mut self,
        ticket: u32,
        kind: CredentialKind,
        credential: &[u8],
        settings: &Arc<Settings>,
    ) -> bool {
        if !self.settings.last().is_some_and(|last| Arc::ptr_eq(last, settings)) {
            self.settings.push(Arc::clone(settings));
        }
        let start = self.arena.len();
        self.arena.extend_from_slice(credential);
        let was_empty = self.items.is_empty();
        self.items.push(Item {
            ticket,
            kind,
            since: Instant::now(),
            bytes: start..self.arena.len(),
            settings: self.settings.len() - 1,
        });
        was_empty
    }

    /// The look-ups, oldest first.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// What the client sent for this item, as [`precheck`](crate::core::credential::precheck) returned it.
    #[must_use]
    pub fn credential(&self, item: &Item) -> &[u8] {
        self.arena.get(item.bytes.clone()).unwrap_or_default()
    }

    /// The settings with which this item was submitted.
    #[must_use]
    pub fn settings(&self, item: &Item) -> Option<&Settings> {
        self.settings.get(item.settings).map(Arc::as_ref)
    }

    /// Whether no look-up waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Removes all look-ups and keeps some room.
    pub fn clear(&mut self) {
        self.items.clear();
        self.arena.clear();
        self.settings.clear();
        self.items.shrink_to(KEPT_ITEMS);
        self.arena.shrink_to(KEPT_BYTES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::signature::Secrets;

    fn settings(prefix: &str) -> Arc<Settings> {
        Arc::new(Settings {
            key: b"sid"[..].into(),
            secrets: Secrets::new(["cat"]),
            prefix: prefix.as_bytes().into(),
            passport_key: b"passport"[..].into(),
        })
    }

    #[test]
    fn each_look_up_keeps_its_bytes_and_its_settings() {
        let (old, new) = (settings("old:"), settings("new:"));
        let mut queue = Queue::default();
        assert!(queue.push(1, CredentialKind::Header, b"s:a.x", &old));
        assert!(!queue.push(2, CredentialKind::Id, b"", &old));
        assert!(!queue.push(3, CredentialKind::Id, b"c", &new));
        let seen: Vec<_> = queue
            .items()
            .iter()
            .map(|item| (item.ticket, queue.credential(item), &*queue.settings(item).unwrap().prefix))
            .collect();
        assert_eq!(seen, [(1, &b"s:a.x"[..], &b"old:"[..]), (2, b"", b"old:"), (3, b"c", b"new:")]);
        assert_eq!(queue.settings.len(), 2, "those of neighbours are held once");
    }

    #[test]
    fn cleared_it_is_empty_and_gives_memory_back() {
        let settings = settings("");
        let mut queue = Queue::default();
        for ticket in 0..5_000 {
            queue.push(ticket, CredentialKind::Header, &[b'x'; 100], &settings);
        }
        queue.clear();
        assert!(queue.is_empty());
        assert_eq!(Arc::strong_count(&settings), 1, "settings that were replaced hold secrets");
        assert!(queue.arena.capacity() <= KEPT_BYTES && queue.items.capacity() <= KEPT_ITEMS);
        assert!(queue.push(1, CredentialKind::Id, b"a", &settings));
    }
}
