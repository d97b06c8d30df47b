//! Look-ups that share one journey to Redis.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    ptr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use crate::{
    core::{
        admission,
        code::Code,
        histogram::Histogram,
        outbox::{Outbox, Page},
        queue::{Item, Queue},
        session::{self, Session},
    },
    redis_store::{chunk::Chunk, fault::Fault, fetch::Found, keys::Keys},
};

/// The look-ups of a queue that passed the signature, each session's key once. Those that did not
/// are answered when the batch is made: Redis never hears of a forged cookie.
///
/// Only look-ups of one batch share an answer. One that was submitted while a read was in flight
/// waits for the next read, so that it never sees the session as it was before its submission.
pub struct Batch<'a> {
    queue: &'a Queue,
    keys: Keys,
    outbox: &'a Outbox,
    latency: &'a Histogram,
    pending: Mutex<Vec<Lookup>>,
}

/// A look-up that waits for the value of a key. Ordered by key, then by submission.
#[derive(Clone, Copy)]
struct Lookup {
    key: usize,
    item: usize,
}

impl<'a> Batch<'a> {
    /// Proves all signatures, and refuses those that fail.
    pub fn new(queue: &'a Queue, outbox: &'a Outbox, latency: &'a Histogram) -> Self {
        let mut keys = Keys::default();
        let mut pending = Vec::with_capacity(queue.items().len());
        let mut refused = Vec::new();
        let mut known = Known::default();
        for (index, item) in queue.items().iter().enumerate() {
            let Some(settings) = queue.settings(item) else { continue };
            match admission::session_id(item.credential, queue.admitted(item), settings) {
                Ok(id) => {
                    let key = known.index(&mut keys, &settings.prefix, &id);
                    pending.push(Lookup { key, item: index });
                }
                Err(code) => refused.push((item, code)),
            }
        }
        pending.sort_by_key(|lookup| lookup.key);
        let batch = Self { queue, keys, outbox, latency, pending: Mutex::new(pending) };
        batch.deliver(refused, |page, item, code| page.code(item.ticket, code));
        batch
    }

    /// The keys to ask for.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Whether every look-up has its verdict.
    pub fn is_settled(&self) -> bool {
        self.pending().is_empty()
    }

    /// When the oldest look-up that still waits was submitted.
    pub fn oldest(&self) -> Option<Instant> {
        self.pending().iter().filter_map(|lookup| self.item(*lookup)).map(|item| item.since).min()
    }

    /// Redis's answer for some of the keys: a value each, or what befell the whole request.
    pub fn answer(&self, keys: &Chunk, values: &Result<Vec<Found>, Fault>) {
        let answered = self.settle(|lookup| keys.position(lookup.key).is_some());
        // Look-ups of one session stand together: its text is read once for all of them.
        let mut latest = None;
        self.deliver(answered, |page, item, lookup: Lookup| match values {
            Ok(values) => {
                let position = keys.position(lookup.key);
                self.verdict(page, item, position.and_then(|position| values.get(position)), &mut latest);
            }
            Err(fault) => write_fault(page, item, fault),
        });
    }

    /// No answer will come: everybody who waits hears why.
    fn fail(&self, fault: &Fault) {
        let failed = self.settle(|_| true);
        self.deliver(failed, |page, item, _| write_fault(page, item, fault));
    }

    /// The authorizer was closed: nobody waits any longer.
    pub fn close(&self) {
        self.fail(&Fault::Closed);
    }

    /// Ends the look-ups submitted before `since` by their deadline.
    pub fn expire(&self, since: Instant) {
        let late = self.settle(|lookup| self.item(*lookup).is_none_or(|item| item.since < since));
        self.deliver(late, |page, item, _| write_fault(page, item, &Fault::Timeout));
    }

    fn verdict<'v>(
        &self,
        page: &mut Page,
        item: &Item,
        value: Option<&'v Found>,
        latest: &mut Option<Reading<'v>>,
    ) where
        'a: 'v,
    {
        let text = match value {
            Some(Ok(Some(text))) => text,
            Some(Ok(None)) => return page.code(item.ticket, Code::SessionNotFound),
            Some(Err(fault)) => return write_fault(page, item, fault),
            None => return page.fault(item.ticket, Code::StoreError, "Redis answered with too few values"),
        };
        let passport_key = self.queue.settings(item).map_or(&[][..], |settings| &settings.passport_key);
        match Reading::of(latest, text, passport_key) {
            Session::User(key) => page.found(item.ticket, key),
            Session::Absent => page.code(item.ticket, Code::SessionNotFound),
            Session::NotInitialized => page.code(item.ticket, Code::PassportNotInitialized),
            Session::NotLoggedIn => page.code(item.ticket, Code::NotLoggedIn),
            Session::NotJson(at) => page.fault(item.ticket, Code::BadSession, &at.to_string()),
        }
    }

    /// Takes the look-ups that `now` chooses out of those that wait.
    fn settle(&self, now: impl Fn(&Lookup) -> bool) -> Vec<(&'a Item, Lookup)> {
        let mut settled = Vec::new();
        self.pending().retain(|lookup| {
            let chosen = now(lookup);
            if chosen {
                settled.extend(self.item(*lookup).map(|item| (item, *lookup)));
            }
            !chosen
        });
        settled
    }

    /// Writes verdicts and counts the time each look-up took.
    fn deliver<T>(&self, settled: Vec<(&'a Item, T)>, mut write: impl FnMut(&mut Page, &Item, T)) {
        if settled.is_empty() {
            return;
        }
        let now = Instant::now();
        for (item, _) in &settled {
            self.latency.record(now.saturating_duration_since(item.since));
        }
        self.outbox.write(|to| settled.into_iter().for_each(|(item, about)| write(to.page(), item, about)));
    }

    fn item(&self, lookup: Lookup) -> Option<&'a Item> {
        self.queue.items().get(lookup.item)
    }

    fn pending(&self) -> MutexGuard<'_, Vec<Lookup>> {
        // Held for a few lines that cannot leave the list half-done.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Batch<'_> {
    /// Nobody waits for ever: whoever is left when a batch ends, be it by a panic, is refused.
    fn drop(&mut self) {
        self.fail(&Fault::Store("the look-up broke off".into()));
    }
}

/// What the session that was read last says.
struct Reading<'v> {
    text: &'v [u8],
    passport_key: &'v [u8],
    said: Session<'v>,
}

impl<'v> Reading<'v> {
    /// What `text` says; not read again if it is the very one that was read last, under the same name.
    fn of(latest: &mut Option<Self>, text: &'v [u8], passport_key: &'v [u8]) -> Session<'v> {
        match latest {
            Some(read) if ptr::eq(read.text, text) && read.passport_key == passport_key => read.said,
            _ => {
                let said = session::read(text, passport_key);
                *latest = Some(Self { text, passport_key, said });
                said
            }
        }
    }
}

fn write_fault(page: &mut Page, item: &Item, fault: &Fault) {
    match fault {
        Fault::Store(cause) => page.fault(item.ticket, Code::StoreError, cause),
        Fault::Timeout => page.fault(item.ticket, Code::StoreTimeout, "no answer within the timeout"),
        Fault::Closed => page.fault(item.ticket, Code::Closed, "the authorizer was closed"),
    }
}

/// Which keys a batch has already. By a hash of the bytes, so that nothing is copied; two keys with
/// one hash are asked for separately, which is merely a little more work.
#[derive(Default)]
struct Known {
    hasher: RandomState,
    by_hash: HashMap<u64, usize>,
}

impl Known {
    fn index(&mut self, keys: &mut Keys, prefix: &[u8], id: &[u8]) -> usize {
        let index = keys.push(prefix, id);
        let hash = self.hasher.hash_one(keys.get(index));
        let known = *self.by_hash.entry(hash).or_insert(index);
        if known != index && keys.get(known) == keys.get(index) {
            keys.pop();
            return known;
        }
        index
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, thread::sleep, time::Duration};

    use super::*;
    use crate::core::{admission::Credential, settings::Settings, signature::Secrets};

    fn queue(ids: &[&[u8]]) -> Queue {
        let settings = Arc::new(Settings {
            key: b"sid"[..].into(),
            secrets: Secrets::new(["cat"]),
            prefix: b"sess:"[..].into(),
            passport_key: b"passport"[..].into(),
        });
        let mut queue = Queue::default();
        for (ticket, id) in (0..).zip(ids) {
            queue.push(ticket, Credential::Id, id, &settings);
            sleep(Duration::from_millis(2));
        }
        queue
    }

    fn codes(outbox: &Outbox) -> Vec<(u32, Code)> {
        let pages = std::iter::from_fn(|| outbox.take());
        pages
            .flat_map(|page| page.rows().iter().map(|row| (row.ticket, row.code)).collect::<Vec<_>>())
            .collect()
    }

    #[test]
    fn nobody_waits_for_a_batch_that_breaks_off() {
        let (queue, outbox, latency) = (queue(&[b"a", b"b"]), Outbox::new(|| {}), Histogram::default());
        drop(Batch::new(&queue, &outbox, &latency));
        assert_eq!(codes(&outbox), [(0, Code::StoreError), (1, Code::StoreError)]);
    }

    #[test]
    fn only_those_expire_whose_time_has_come() {
        let (queue, outbox, latency) = (queue(&[b"a", b"b", b"a"]), Outbox::new(|| {}), Histogram::default());
        let batch = Batch::new(&queue, &outbox, &latency);
        assert_eq!(batch.keys().len(), 2);
        batch.expire(queue.items()[1].since);
        assert_eq!(codes(&outbox), [(0, Code::StoreTimeout)]);
        assert_eq!(batch.oldest(), Some(queue.items()[1].since));
        batch.answer(&Chunk::Range(0..2), &Ok(vec![Ok(None), Ok(None)]));
        assert_eq!(codes(&outbox), [(2, Code::SessionNotFound), (1, Code::SessionNotFound)]);
        assert!(batch.is_settled());
        batch.close();
        assert!(codes(&outbox).is_empty(), "one verdict each");
    }

    #[test]
    fn too_few_values_are_a_fault() {
        let (queue, outbox, latency) = (queue(&[b"a", b"b"]), Outbox::new(|| {}), Histogram::default());
        let batch = Batch::new(&queue, &outbox, &latency);
        batch.answer(&Chunk::Range(0..2), &Ok(vec![Ok(None)]));
        assert_eq!(codes(&outbox), [(0, Code::SessionNotFound), (1, Code::StoreError)]);
    }
}
