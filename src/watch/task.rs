//! The watch of one source on the I/O thread.

use std::{
    future::{pending, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};

use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use tokio::{
    select,
    sync::Notify,
    task::{AbortHandle, coop::consume_budget},
    time::{Instant, sleep_until, timeout},
};

use super::{
    deadlines::Millis,
    events::{Event, Events},
    inbox::Inbox,
    pace::Pace,
    reads::Batch,
    registry::Registry,
    source::{Reading, Tracker, WatchedSource},
    views::Perspective,
    watchers::Slot,
};

/// Sessions that are read at once. The source reads as many in one request, and serves others between two of these.
const BATCH: usize = 64;
/// Batches under way. More gain nothing, and delay look-ups on the same server.
const BATCHES: usize = 4;
/// The longest time for a batch. The source notices a silent server in about a second.
const READ_TIMEOUT: Duration = Duration::from_secs(3);
/// How long the I/O thread gathers what JavaScript begins and ends to watch. To wake it costs the JS thread a
/// microsecond, so not each socket should.
const GATHER: Duration = Duration::from_millis(1);

/// A watch of the sessions of one source. The last owner that drops it ends it.
pub struct Watch {
    shared: Arc<Shared>,
    task: AbortHandle,
}

/// What the task, the source's messages and the JS thread share.
struct Shared {
    registry: Mutex<Registry>,
    inbox: Inbox,
    /// Sessions have to be read.
    marked: Notify,
    pace: Mutex<Pace>,
    is_tracking: Mutex<Option<bool>>,
    begun: Instant,
}

impl Watch {
    /// Starts on the current tokio runtime. `open` gets who is told of changes. `every`: in which time every session is
    /// read again where nothing tells of changes.
    ///
    /// # Panics
    /// Outside a tokio runtime, as `tokio::spawn` does.
    #[must_use = "dropping it ends the watch"]
    pub fn open<S: WatchedSource>(
        open: impl FnOnce(Arc<dyn Tracker>) -> S,
        events: Arc<Events>,
        every: Duration,
    ) -> Self {
        let shared = Arc::new(Shared {
            registry: Mutex::default(),
            inbox: Inbox::default(),
            marked: Notify::new(),
            pace: Mutex::new(Pace::new(every)),
            is_tracking: Mutex::default(),
            begun: Instant::now(),
        });
        let source = open(shared.clone());
        let task = tokio::spawn(run(shared.clone(), source, events)).abort_handle();
        Self { shared, task }
    }

    /// Begins and ends to watch.
    #[must_use]
    pub fn inbox(&self) -> &Inbox {
        &self.shared.inbox
    }

    /// As [`Registry::perspective_of`].
    #[must_use]
    pub fn perspective_of(&self, owner: u32, passport_key: &[u8], keeps: bool) -> Perspective {
        self.shared.registry().perspective_of(owner, passport_key, keeps)
    }

    /// Sessions are read again in this time at least, where nothing tells of changes.
    pub fn at_least(&self, every: Duration) {
        self.shared.pace().at_least(every);
    }

    /// Whether the source tells of changes, as far as that is known.
    #[must_use]
    pub fn is_tracking(&self) -> Option<bool> {
        *self.shared.is_tracking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many sessions an owner watches.
    #[must_use]
    pub fn sessions_of(&self, owner: u32) -> usize {
        self.shared.current().sessions_of(owner)
    }

    /// As [`Registry::describe`], for each of these slots.
    pub fn describe(&self, slots: &[Slot], mut each: impl FnMut(Option<(u32, &[u8], &[u8])>)) {
        let registry = self.shared.current();
        for slot in slots {
            each(registry.describe(*slot));
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn registry(&self) -> MutexGuard<'_, Registry> {
        // After a panic the registry may lack something of one session; the others go on.
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The registry with all that JavaScript has told.
    fn current(&self) -> MutexGuard<'_, Registry> {
        let mut registry = self.registry();
        self.inbox.apply_to(&mut registry);
        registry
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self, batch: &Batch, readings: Vec<Reading>) -> Vec<Event> {
        let mut registry = self.registry();
        let events = registry.settle(batch, readings, self.now());
        if registry.has_failed() {
            self.pace().failed();
        }
        if registry.has_recovered() {
            self.pace().recovered();
        }
        events
    }

    /// Returns whether the source tells of changes: if that is not known, not.
    fn note_tracking(&self, is_tracking: Option<bool>) -> bool {
        *self.is_tracking.lock().unwrap_or_else(PoisonError::into_inner) = is_tracking;
        is_tracking.unwrap_or(false)
    }

    fn now(&self) -> Millis {
        Millis::try_from(self.begun.elapsed().as_millis()).unwrap_or(Millis::MAX)
    }

    /// The next time at which something has to be read, whatever is told.
    fn next_time(&self, is_tracking: bool) -> Option<Instant> {
        let registry = self.registry();
        // A time that the clock does not reach never comes.
        let due = registry.next_deadline().and_then(|at| self.begun.checked_add(Duration::from_millis(at)));
        let pace = self.pace();
        let step = (!registry.is_empty()).then(|| pace.next_step(registry.len(), is_tracking));
        [due, step, pace.retry()].into_iter().flatten().min()
    }

    /// What has become due is marked.
    fn mark_due(&self, is_tracking: bool) {
        let mut registry = self.registry();
        registry.mark_due(self.now());
        let mut pace = self.pace();
        let now = Instant::now();
        if registry.is_empty() {
            pace.restart();
        } else if pace.next_step(registry.len(), is_tracking) <= now {
            let count = pace.step(registry.len(), is_tracking);
            registry.sweep(count);
        }
        if pace.retry().is_some_and(|at| at <= now) {
            pace.retried();
            registry.retry();
            if registry.has_failed() {
                pace.failed();
            }
        }
    }
}

impl Tracker for Shared {
    fn changed(&self, key: &[u8]) {
        self.registry().changed(key);
        self.marked.notify_one();
    }

    fn all_changed(&self) {
        self.changed_where(&|_| true);
        self.pace().restart();
    }

    fn changed_where(&self, is_meant: &dyn Fn(&[u8]) -> bool) {
        self.registry().changed_where(is_meant);
        self.marked.notify_one();
    }
}

async fn run<S: WatchedSource>(shared: Arc<Shared>, source: S, events: Arc<Events>) {
    let mut reading = FuturesUnordered::new();
    let mut gathered: Option<Instant> = None;
    loop {
        if gathered.is_some_and(|at| at <= Instant::now()) {
            gathered = None;
            drop(shared.current());
        }
        let is_tracking = shared.note_tracking(source.is_tracking());
        shared.mark_due(is_tracking);
        while reading.len() < BATCHES {
            let batch = shared.registry().take_unread(BATCH, shared.now());
            if batch.keys.is_empty() {
                break;
            }
            reading.push(read(&source, batch).boxed());
        }
        // While the source is out of reach all readings fail at once: others have their turn nevertheless.
        consume_budget().await;
        select! {
            Some((batch, readings)) = reading.next() => events.push(shared.settle(&batch, readings)),
            () = shared.inbox.filled() => gathered = gathered.or_else(|| Some(Instant::now() + GATHER)),
            () = shared.marked.notified() => {}
            () = until(shared.next_time(is_tracking)) => {}
            () = until(gathered) => {}
        }
    }
}

/// Nothing is read if the source is too slow, or panics: one bad session must not end the watch of all.
async fn read<S: WatchedSource>(source: &S, batch: Batch) -> (Batch, Vec<Reading>) {
    let reading = async {
        let mut reading = pin!(source.read(&batch.keys));
        poll_fn(|cx| {
            let poll = AssertUnwindSafe(|| reading.as_mut().poll(cx));
            catch_unwind(poll).unwrap_or_else(|_| Poll::Ready(Vec::new()))
        })
        .await
    };
    let readings = timeout(READ_TIMEOUT, reading).await.unwrap_or_default();
    (batch, readings)
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}

#[cfg(test)]
mod bench;
#[cfg(test)]
mod tests;
