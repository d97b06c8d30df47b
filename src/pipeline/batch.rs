//! Look-ups that share one read of their sessions.

use std::{
    ptr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::{
    chunk::Chunk,
    fault::Fault,
    histogram::Histogram,
    keys::Keys,
    lookup_result::LookupResult,
    outbox::{Outbox, Page},
    queue::{Item, Queue},
    source::ReadResult,
};
use crate::core::outcome::Outcome;

/// The look-ups of a queue that have no result yet. Every look-up gets exactly one.
///
/// Only look-ups of one batch share a read. A look-up that is submitted during a read waits for the next one, so that it
/// never sees the session as it was before its submission.
pub struct Batch<'a> {
    queue: &'a Queue,
    outbox: &'a Outbox,
    latency: &'a Histogram,
    /// The keys, where JavaScript gets the session ids.
    ids: Option<&'a Keys>,
    pending: Mutex<Vec<Lookup>>,
}

/// A look-up that waits for the value of a key.
#[derive(Clone, Copy)]
pub struct Lookup {
    /// Index of the key.
    pub key: usize,
    /// Index of the item in the queue.
    pub item: usize,
}

impl<'a> Batch<'a> {
    /// `lookups` are sorted by key, then by submission.
    pub fn new(queue: &'a Queue, lookups: Vec<Lookup>, outbox: &'a Outbox, latency: &'a Histogram) -> Self {
        Self { queue, outbox, latency, ids: None, pending: Mutex::new(lookups) }
    }

    /// Users are delivered with the session ids in these keys.
    pub fn with_ids(mut self, keys: &'a Keys) -> Self {
        self.ids = Some(keys);
        self
    }

    /// Delivers refusals, which need no read: the source never sees a forged cookie.
    pub fn refuse(&self, refused: Vec<(&'a Item, Outcome)>) {
        self.deliver(refused, |page, item, outcome| page.outcome(item.ticket, outcome));
    }

    /// Settles the look-ups of `chunk` with what the source read: a value for each key, or one fault for all.
    /// `result_of` reads one value, under the name that Passport has in the session.
    pub fn settle<'v>(
        &self,
        chunk: &Chunk,
        values: &'v Result<Vec<ReadResult>, Fault>,
        result_of: impl Fn(&'v ReadResult, &[u8]) -> LookupResult<'v>,
    ) {
        let settled = self.take(|lookup| chunk.position(lookup.key).is_some());
        // Look-ups of one session are adjacent: its text is read once for all of them.
        let mut latest: Option<Latest<'_, 'v>> = None;
        self.deliver(settled, |page, item, lookup| {
            let position = chunk.position(lookup.key);
            let value = match values {
                Ok(values) => position.and_then(|position| values.get(position)),
                Err(fault) => return LookupResult::from(fault).write(page, item.ticket, None),
            };
            let Some(value) = value else { return too_few_values().write(page, item.ticket, None) };
            let passport_key = self.queue.settings(item).map_or(&[][..], |settings| &settings.passport_key);
            let read = match latest.take() {
                Some(latest) if ptr::eq(latest.value, value) && latest.passport_key == passport_key => latest,
                _ => Latest { value, passport_key, result: result_of(value, passport_key) },
            };
            latest.insert(read).result.write(page, item.ticket, self.id_of(item, lookup));
        });
    }

    /// When the oldest look-up that still waits was submitted.
    pub fn oldest(&self) -> Option<Instant> {
        self.pending().iter().filter_map(|lookup| self.item(*lookup)).map(|item| item.since).min()
    }

    /// Ends the look-ups that were submitted before `since`: their deadline has passed.
    pub fn expire(&self, since: Instant) {
        self.fail(&Fault::Timeout, |lookup| self.item(*lookup).is_none_or(|item| item.since < since));
    }

    /// Ends all look-ups that wait: the authorizer was closed.
    pub fn close(&self) {
        self.fail(&Fault::Closed, |_| true);
    }

    fn fail(&self, fault: &Fault, is_meant: impl Fn(&Lookup) -> bool) {
        let result = LookupResult::from(fault);
        self.deliver(self.take(is_meant), |page, item, _| result.write(page, item.ticket, None));
    }

    /// Takes the look-ups for which `is_meant` is true out of those that wait.
    fn take(&self, is_meant: impl Fn(&Lookup) -> bool) -> Vec<(&'a Item, Lookup)> {
        let mut taken = Vec::new();
        self.pending().retain(|lookup| {
            let is_meant = is_meant(lookup);
            if is_meant {
                taken.extend(self.item(*lookup).map(|item| (item, *lookup)));
            }
            !is_meant
        });
        taken
    }

    /// Writes results to the outbox and counts the time that each look-up took.
    fn deliver<T>(&self, settled: Vec<(&'a Item, T)>, mut write: impl FnMut(&mut Page, &'a Item, T)) {
        if settled.is_empty() {
            return;
        }
        let now = Instant::now();
        for (item, _) in &settled {
            self.latency.record(now.saturating_duration_since(item.since));
        }
        self.outbox.write(|to| settled.into_iter().for_each(|(item, about)| write(to.page(), item, about)));
    }

    /// The session id of a look-up, if JavaScript wants it.
    fn id_of(&self, item: &Item, lookup: Lookup) -> Option<&'a [u8]> {
        self.ids?.get(lookup.key)?.get(self.queue.settings(item)?.prefix.len()..)
    }

    fn item(&self, lookup: Lookup) -> Option<&'a Item> {
        self.queue.items().get(lookup.item)
    }

    fn pending(&self) -> MutexGuard<'_, Vec<Lookup>> {
        // The lock is held for a few lines that leave the list complete.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Batch<'_> {
    /// No look-up waits for ever. Those that are left when a batch ends, for example by a panic, fail.
    fn drop(&mut self) {
        self.fail(&Fault::new("the look-up ended without a result"), |_| true);
    }
}

/// The value that was read last, and its result.
struct Latest<'q, 'v> {
    value: &'v ReadResult,
    passport_key: &'q [u8],
    result: LookupResult<'v>,
}

fn too_few_values() -> LookupResult<'static> {
    LookupResult::Fault(Outcome::StoreError, "the session store answered with too few values".into())
}
