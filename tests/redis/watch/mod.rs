//! Watched sessions: what ends them on a real server, and what does not.

mod changes;
mod cluster;
mod connections;
mod losses;
mod poll;
mod sentinel;

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use passport_socketio_native::{
    redis::{Purpose, RedisSource, Target},
    watch::{Events, News, Start, Watch},
};
use tokio::{sync::Notify, time::timeout_at};

use crate::{helpers::PROBE, support::test_redis::TestRedis};

/// A session of user 7.
pub const SEVEN: &str = r#"{"cookie":{},"passport":{"user":7}}"#;
pub const EIGHT: &str = r#"{"cookie":{},"passport":{"user":8}}"#;
/// So slow that it does nothing during a test.
pub const NO_POLL: Duration = Duration::from_secs(3_600);
/// What the slowest recovery may take on a busy machine.
const LIMIT: Duration = Duration::from_secs(40);
/// The first slot of watchers whose sessions are not there.
const NOBODY: u32 = 90_000;

/// A watch, and what it tells.
pub struct TestWatch {
    pub watch: Watch,
    events: Arc<Events>,
    woken: Arc<Notify>,
    heard: Mutex<Vec<String>>,
}

impl TestWatch {
    pub fn open(target: &Target, every: Duration) -> Self {
        Self::with_probe(target, every, PROBE)
    }

    pub fn with_probe(target: &Target, every: Duration, probe: &[u8]) -> Self {
        let woken = Arc::new(Notify::new());
        let wake = Arc::clone(&woken);
        let events = Arc::new(Events::new(move || wake.notify_one()));
        let open = |tracker| RedisSource::open(target.clone(), Purpose::watching(probe.to_vec(), tracker));
        let watch = Watch::open(open, Arc::clone(&events), every);
        assert_eq!(watch.perspective_of(1, b"passport", false), 0);
        Self { watch, events, woken, heard: Mutex::default() }
    }

    /// Watches the session of user 7 with this key.
    pub fn watch(&self, slot: u32, key: &str) {
        let start = Start { slot, turn: 1, perspective: 0, prefix: b"", id: key.as_bytes(), identity: b"7" };
        self.watch.inbox().watch(&start);
    }

    /// Watches each of `keys`, in slots from 0 on, and waits until all are tracked.
    pub async fn begin(&self, keys: &[String]) {
        for (slot, key) in (0..).zip(keys) {
            self.watch(slot, key);
        }
        self.settle().await;
    }

    /// Waits until all that the server has told so far has been read, and so is tracked again. A watcher whose session is
    /// not there is told so in its turn, after all that waited before it. A session that expires is read twice.
    pub async fn settle(&self) {
        for _ in 0..4 {
            // Many, because in a cluster each node has to have some.
            let nobody = NOBODY..NOBODY + 16;
            nobody.clone().for_each(|slot| self.watch(slot, &format!("sess:nobody:{slot}")));
            self.until(|heard| heard.iter().filter(|event| slot_of(event) >= NOBODY).count() == nobody.len())
                .await;
            self.heard.lock().unwrap().retain(|event| slot_of(event) < NOBODY);
        }
    }

    /// What was told until now, by slot.
    pub async fn told(&self) -> Vec<String> {
        self.settle().await;
        self.take()
    }

    /// Waits for so many events. There must not be more.
    pub async fn hears(&self, count: usize) -> Vec<String> {
        self.until(|heard| heard.len() >= count).await;
        self.told().await
    }

    /// As [`hears`](Self::hears), where the server is not to be asked any more.
    pub async fn hears_at_least(&self, count: usize) -> Vec<String> {
        self.until(|heard| heard.len() >= count).await;
        self.take()
    }

    fn take(&self) -> Vec<String> {
        let mut heard = std::mem::take(&mut *self.heard.lock().unwrap());
        heard.sort_by_key(|event| slot_of(event));
        heard
    }

    async fn until(&self, is_there: impl Fn(&[String]) -> bool) {
        let deadline = Instant::now() + LIMIT;
        loop {
            while let events = self.events.take(1_000)
                && !events.is_empty()
            {
                self.heard.lock().unwrap().extend(events.into_iter().map(|event| match event.news {
                    News::Ended(reason) => format!("{} {reason:?}", event.slot),
                    News::Changed(change) => {
                        let [before, now] =
                            [&change.before, &change.now].map(|text| String::from_utf8_lossy(text));
                        format!("{} {before} is {now}", event.slot)
                    }
                }));
            }
            if is_there(&self.heard.lock().unwrap()) {
                return;
            }
            let heard = || format!("not told in {LIMIT:?}, but {:?}", self.heard.lock().unwrap());
            timeout_at(deadline.into(), self.woken.notified())
                .await
                .unwrap_or_else(|_| panic!("{}", heard()));
        }
    }

    /// Whether the server tells of changes, once that is known.
    pub async fn is_tracking(&self) -> bool {
        self.settle().await;
        self.watch.is_tracking().unwrap()
    }
}

fn slot_of(event: &str) -> u32 {
    event.split(' ').next().unwrap().parse().unwrap()
}

pub fn keys(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("sess:{number}")).collect()
}

/// Gives each key a session.
pub fn fill(redis: &TestRedis, keys: &[String]) {
    let mut fill = redis::pipe();
    for key in keys {
        fill.set(key, SEVEN).ignore();
    }
    fill.exec(&mut redis.admin()).unwrap();
}
