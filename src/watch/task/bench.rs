//! A watch whose source does what a test says.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Weak,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::task::yield_now;

use super::{
    super::{Start, test_support::*},
    *,
};
use crate::pipeline::Keys;

pub const EVERY: Duration = Duration::from_secs(30);

/// What the test and the source share.
#[derive(Default)]
pub struct Script {
    stored: Mutex<HashMap<String, (&'static str, Option<u64>)>>,
    /// Every read, as its keys.
    pub reads: Mutex<Vec<Vec<String>>>,
    pub is_tracking: AtomicBool,
    pub is_down: AtomicBool,
    under_way: AtomicUsize,
    pub most_under_way: AtomicUsize,
    /// Keys whose reading panics, or never ends.
    pub panics: Mutex<HashSet<String>>,
    pub hangs: Mutex<HashSet<String>>,
    tracker: Mutex<Option<Arc<dyn Tracker>>>,
    pub is_open: Weak<()>,
}

pub struct FakeSource(Arc<Script>, #[allow(dead_code, reason = "is dropped with the source")] Arc<()>);

impl WatchedSource for FakeSource {
    async fn read(&self, keys: &Keys) -> Vec<Reading> {
        let script = &self.0;
        let keys: Vec<_> =
            keys.range(0..keys.len()).map(|key| String::from_utf8(key.to_vec()).unwrap()).collect();
        script.reads.lock().unwrap().push(keys.clone());
        let now = script.under_way.fetch_add(1, Ordering::Relaxed) + 1;
        script.most_under_way.fetch_max(now, Ordering::Relaxed);
        yield_now().await;
        script.under_way.fetch_sub(1, Ordering::Relaxed);
        assert!(keys.iter().all(|key| !script.panics.lock().unwrap().contains(key)), "the source panics");
        if keys.iter().any(|key| script.hangs.lock().unwrap().contains(key)) {
            pending::<()>().await;
        }
        if script.is_down.load(Ordering::Relaxed) {
            return keys.iter().map(|_| unknown()).collect();
        }
        let all = script.stored.lock().unwrap();
        let reading = |key| match all.get(key) {
            Some((text, ttl)) => stored(Some(text), *ttl),
            None => stored(None, None),
        };
        keys.iter().map(reading).collect()
    }

    fn is_tracking(&self) -> Option<bool> {
        Some(self.0.is_tracking.load(Ordering::Relaxed))
    }
}

pub struct Bench {
    pub script: Arc<Script>,
    pub watch: Watch,
    pub events: Arc<Events>,
}

impl Bench {
    pub fn open(is_tracking: bool) -> Self {
        let alive = Arc::new(());
        let script = Script { is_open: Arc::downgrade(&alive), ..Script::default() };
        script.is_tracking.store(is_tracking, Ordering::Relaxed);
        let (script, events) = (Arc::new(script), Arc::new(Events::new(|| {})));
        let shared = script.clone();
        let open = |tracker| {
            *shared.tracker.lock().unwrap() = Some(tracker);
            FakeSource(shared.clone(), alive)
        };
        let watch = Watch::open(open, events.clone(), EVERY);
        assert_eq!(watch.perspective_of(1, b"passport", false), 0);
        Self { script, watch, events }
    }

    pub fn watch(&self, slot: Slot, id: &str) {
        let start = Start { slot, turn: 1, perspective: 0, prefix: b"", id: id.as_bytes(), identity: b"7" };
        self.watch.inbox().watch(&start);
    }

    pub fn set(&self, key: &str, ttl: Option<u64>) {
        self.script.stored.lock().unwrap().insert(key.to_owned(), (TEXT, ttl));
    }

    pub fn delete(&self, key: &str) {
        self.script.stored.lock().unwrap().remove(key);
    }

    pub fn tracker(&self) -> Arc<dyn Tracker> {
        self.script.tracker.lock().unwrap().clone().unwrap()
    }

    /// The reads since the last call.
    pub fn reads(&self) -> Vec<Vec<String>> {
        std::mem::take(&mut self.script.reads.lock().unwrap())
    }

    pub fn told(&self) -> Vec<String> {
        told(self.events.take(usize::MAX))
    }
}
