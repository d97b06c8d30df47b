//! The pipeline of one authorizer on the I/O thread, top to bottom: take all look-ups that wait, verify their
//! signatures, read each session once, read the user out of it, put the results into the outbox.

use std::{sync::Arc, time::Duration};

use tokio::{
    select,
    time::{Instant, sleep_until},
};

use super::{
    batch::{Batch, Lookup},
    histogram::Histogram,
    inbox::Inbox,
    keys::Keys,
    lookup_result::LookupResult,
    outbox::Outbox,
    queue::{Item, Queue},
    source::{ReadResult, SessionSource},
    unique_keys::UniqueKeys,
};
use crate::core::{
    credential, format,
    outcome::Outcome,
    session::{self, Session},
    shape,
};

/// Deadlines closer together than this end at once, so that a batch of thousands that the source leaves unanswered is
/// not searched thousands of times.
const DEADLINE_GRAIN: Duration = Duration::from_millis(5);

/// Everything that a worker needs.
pub struct Worker<S> {
    /// Where look-ups come from.
    pub inbox: Arc<Inbox>,
    /// Where sessions are read. Other workers may share it.
    pub source: Arc<S>,
    /// Where results go.
    pub outbox: Arc<Outbox>,
    /// Counts how long look-ups took.
    pub latency: Arc<Histogram>,
    /// How long a look-up may take, from its submission on.
    pub timeout: Duration,
    /// What is delivered for a session.
    pub delivers: Delivers,
}

/// What a worker delivers for the session that it has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivers {
    /// The user key.
    Users,
    /// The user key, and the session id.
    UsersWithIds,
    /// A JSON array: the user key, or null, and what the session is made of ([`shape::describe`]).
    Descriptions,
}

impl<S: SessionSource> Worker<S> {
    /// Works until the inbox is closed and empty; then it releases the source. If a batch panics, its look-ups fail and
    /// the work goes on: one bad session must not stop all later ones.
    pub async fn run(self) {
        let worker = Arc::new(self);
        while tokio::spawn(Arc::clone(&worker).work()).await.is_err_and(|error| error.is_panic()) {}
    }

    async fn work(self: Arc<Self>) {
        let mut queue = Queue::default();
        while self.inbox.take_all(&mut queue).await {
            let Verified { keys, lookups, refused } = verify(&queue);
            let mut batch = Batch::new(&queue, lookups, &self.outbox, &self.latency);
            if self.delivers == Delivers::UsersWithIds {
                batch = batch.with_ids(&keys);
            }
            batch.refuse(refused);
            self.read(&keys, &batch).await;
            drop(batch);
            queue.clear();
        }
    }

    /// Settles every look-up of the batch: by its session, by the fault of the source, by its deadline, or because the
    /// inbox was closed. The source is not closed then, for others may use it.
    async fn read(&self, keys: &Keys, batch: &Batch<'_>) {
        let result_of = if self.delivers == Delivers::Descriptions { description_of } else { result_of };
        let reading = self.source.fetch(keys, |chunk, values| batch.settle(&chunk, &values, result_of));
        tokio::pin!(reading);
        while let Some(oldest) = batch.oldest() {
            select! {
                // In this order: once the inbox is closed the outcome is CLOSED, also where the source is out of reach.
                biased;
                () = self.inbox.closed() => batch.close(),
                () = &mut reading => break,
                () = sleep_until(Instant::from_std(oldest) + self.timeout) => batch.expire(oldest + DEADLINE_GRAIN),
            }
        }
    }
}

/// The look-ups of a queue after their signatures were checked.
struct Verified<'q> {
    /// The key of each session once.
    keys: Keys,
    /// Sorted by key, then by submission.
    lookups: Vec<Lookup>,
    refused: Vec<(&'q Item, Outcome)>,
}

fn verify(queue: &Queue) -> Verified<'_> {
    let mut keys = UniqueKeys::default();
    let mut lookups = Vec::with_capacity(queue.items().len());
    let mut refused = Vec::new();
    for (index, item) in queue.items().iter().enumerate() {
        let Some(settings) = queue.settings(item) else { continue };
        match credential::verify(item.kind, queue.credential(item), settings) {
            Ok(id) => lookups.push(Lookup { key: keys.index_of(&settings.prefix, &id), item: index }),
            Err(outcome) => refused.push((item, outcome)),
        }
    }
    lookups.sort_by_key(|lookup| lookup.key);
    Verified { keys: keys.into_keys(), lookups, refused }
}

/// What the value of a session's key says about the user.
fn result_of<'v>(value: &'v ReadResult, passport_key: &[u8]) -> LookupResult<'v> {
    let text = match value {
        Ok(Some(text)) => text,
        Ok(None) => return LookupResult::Outcome(Outcome::SessionNotFound),
        Err(fault) => return fault.into(),
    };
    match session::read(text, passport_key) {
        Session::User(key) => LookupResult::User(key),
        Session::Absent => LookupResult::Outcome(Outcome::SessionNotFound),
        Session::NotInitialized if format::is_encrypted(text) => {
            LookupResult::Fault(Outcome::PassportNotInitialized, "the stored session is encrypted".into())
        }
        Session::NotInitialized => LookupResult::Outcome(Outcome::PassportNotInitialized),
        Session::NotLoggedIn => LookupResult::Outcome(Outcome::NotLoggedIn),
        Session::NotJson(error) => {
            let kind = format::of_not_json(text).map(|kind| format!(": {kind}")).unwrap_or_default();
            LookupResult::Fault(Outcome::BadSession, format!("{error}{kind}").into())
        }
    }
}

/// The same, with what the session is made of, where there is one that can be read.
fn description_of<'v>(value: &'v ReadResult, passport_key: &[u8]) -> LookupResult<'v> {
    let result = result_of(value, passport_key);
    let (outcome, user_key) = match result {
        LookupResult::User(key) => (Outcome::Found, key),
        LookupResult::Outcome(outcome) if outcome != Outcome::SessionNotFound => (outcome, &b"null"[..]),
        _ => return result,
    };
    let text = value.as_ref().map_or(None, Option::as_deref).unwrap_or_default();
    match shape::describe(text, passport_key) {
        Ok(shape) => LookupResult::Described(outcome, [b"[", user_key, b",", &shape, b"]"].concat()),
        Err(_) => result,
    }
}

#[cfg(test)]
mod tests;
