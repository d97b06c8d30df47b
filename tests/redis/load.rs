//! A source with an I/O thread of its own, as an app has one, and look-ups that go on while servers are killed.

use std::{
    collections::BTreeMap,
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use passport_socketio_native::{
    pipeline::{Fault, Keys, ReadResult, SessionSource},
    redis::{Purpose, RedisSource, Target, TargetOptions},
};
use tokio::{
    runtime::{Builder, Handle},
    sync::Notify,
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::helpers::PROBE;

/// What an app gives a look-up.
const DEADLINE: Duration = Duration::from_secs(5);

pub struct Client {
    source: Option<RedisSource>,
    runtime: Handle,
    stop: Arc<Notify>,
    /// Where Linux tells how long the thread has worked.
    status: Option<String>,
}

impl Client {
    pub fn open(options: &TargetOptions) -> Self {
        Self::open_for(options, Purpose::look_ups(PROBE.to_vec()))
    }

    pub fn open_for(options: &TargetOptions, purpose: Purpose) -> Self {
        let target = Target::new(options).unwrap();
        let (stop, (tell, told)) = (Arc::new(Notify::new()), std::sync::mpsc::channel());
        let stopped = stop.clone();
        thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            let status =
                fs::read_link("/proc/thread-self").ok().map(|link| format!("/proc/{}/stat", link.display()));
            tell.send((runtime.handle().clone(), status)).unwrap();
            runtime.block_on(stopped.notified());
            runtime.shutdown_background();
        });
        let (runtime, status) = told.recv().unwrap();
        let source = runtime.block_on(async { RedisSource::open(target, purpose) });
        Self { source: Some(source), runtime, stop, status }
    }

    pub fn source(&self) -> &RedisSource {
        self.source.as_ref().unwrap()
    }

    /// Drops the last handle without closing it.
    pub fn forget_source(mut self) {
        self.source = None;
        // The runtime lives on a little, as it does in an app.
        thread::sleep(Duration::from_millis(50));
    }

    /// Ends the thread, whatever runs there.
    pub fn end_runtime(&self) {
        self.stop.notify_one();
    }

    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// One batch. Each answer comes once, and within the deadline.
    pub fn fetch(&self, wanted: &[String]) -> Vec<ReadResult> {
        let (source, wanted) = (self.source().clone(), wanted.to_vec());
        let fetching = async move { timeout(DEADLINE, fetch(&source, &wanted)).await };
        let answers = self.block_on(self.runtime.spawn(fetching)).unwrap();
        answers.expect("look-ups are answered, one way or the other")
    }

    pub fn get(&self, key: &str) -> ReadResult {
        self.fetch(&[key.to_owned()]).remove(0)
    }

    /// Polls until every one of the keys is found to be its own value. Gives the time it took.
    pub fn recovers(&self, wanted: &[String]) -> Duration {
        let start = Instant::now();
        loop {
            let answers = self.fetch(wanted);
            if answers.iter().zip(wanted).all(|(answer, key)| is_own(answer, key)) {
                return start.elapsed();
            }
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "no recovery within 20 s: {:?}",
                answers.iter().find(|answer| !matches!(answer, Ok(Some(_))))
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Starts `lanes` of look-ups without a pause, in batches of all sizes. Each key's value is the key.
    pub fn load(&self, keys: &[String], lanes: usize) -> Load {
        let shared = Arc::new(Shared { tally: Mutex::default(), stop: AtomicBool::new(false) });
        let keys: Arc<[String]> = keys.into();
        let lanes = (0..lanes).map(|lane| {
            self.runtime.spawn(run_lane(self.source().clone(), keys.clone(), lane, shared.clone()))
        });
        Load { lanes: lanes.collect(), shared, runtime: self.runtime.clone() }
    }

    /// How long the I/O thread has worked. `None` where the system does not tell.
    pub fn worked(&self) -> Option<Duration> {
        let text = fs::read_to_string(self.status.as_ref()?).ok()?;
        // The name, in parentheses, may hold blanks. User and system time are the 14th and 15th field, in 10 ms.
        let fields: Vec<_> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        Some(Duration::from_millis(ticks * 10))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if let Some(source) = &self.source {
            source.close();
        }
        self.stop.notify_one();
    }
}

/// What came of the look-ups.
#[derive(Debug, Default)]
pub struct Tally {
    pub right: usize,
    /// Another value, or none: nothing ever excuses that.
    pub wrong: usize,
    pub failed: usize,
    /// Fetches that were dropped in the middle.
    pub dropped: usize,
    /// Why, and how often.
    pub faults: BTreeMap<String, usize>,
    /// The longest that a batch took.
    pub slowest: Duration,
}

pub struct Load {
    lanes: Vec<JoinHandle<()>>,
    shared: Arc<Shared>,
    runtime: Handle,
}

struct Shared {
    tally: Mutex<Tally>,
    stop: AtomicBool,
}

impl Load {
    /// What came of the look-ups since the last call.
    pub fn take(&self) -> Tally {
        std::mem::take(&mut self.shared.tally.lock().unwrap())
    }

    /// Waits for so many right answers more, and gives what else there was.
    pub fn until_right(&self, more: usize) -> Tally {
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.shared.tally.lock().unwrap().right < more {
            assert!(Instant::now() < deadline, "look-ups do not go on: {:?}", self.take());
            thread::sleep(Duration::from_millis(5));
        }
        self.take()
    }

    /// Ends the look-ups, after the ones that are on their way.
    pub fn end(self) -> Tally {
        self.shared.stop.store(true, Ordering::Relaxed);
        for lane in self.lanes {
            self.runtime.block_on(lane).unwrap();
        }
        std::mem::take(&mut self.shared.tally.lock().unwrap())
    }
}

async fn run_lane(source: RedisSource, keys: Arc<[String]>, lane: usize, shared: Arc<Shared>) {
    let mut random = Random(0x9E37_79B9 + lane as u64);
    while !shared.stop.load(Ordering::Relaxed) {
        let size = [1, 2, 7, 64, 300][random.below(5)].min(keys.len());
        let wanted: Vec<_> = (0..size).map(|_| keys[random.below(keys.len())].clone()).collect();
        // One lane loses patience, as a batch does whose deadline is over.
        let patience = if lane == 0 { Duration::from_micros(random.below(3000) as u64) } else { DEADLINE };
        let start = Instant::now();
        let answers = timeout(patience, fetch(&source, &wanted)).await;
        let pause = if let Ok(answers) = answers {
            shared.tally.lock().unwrap().count(&answers, &wanted, start.elapsed())
        } else {
            assert!(lane == 0, "no answer within {DEADLINE:?}");
            shared.tally.lock().unwrap().dropped += 1;
            Duration::ZERO
        };
        sleep(pause).await;
    }
}

impl Tally {
    /// Gives the pause that is due: failures come at once, and are not to keep the processor busy.
    fn count(&mut self, answers: &[ReadResult], wanted: &[String], took: Duration) -> Duration {
        self.slowest = self.slowest.max(took);
        let mut pause = Duration::from_millis(1);
        for (answer, key) in answers.iter().zip(wanted) {
            match answer {
                answer if is_own(answer, key) => self.right += 1,
                Ok(_) => self.wrong += 1,
                Err(fault) => {
                    self.failed += 1;
                    *self.faults.entry(fault.to_string()).or_default() += 1;
                    pause = Duration::from_millis(5);
                }
            }
        }
        pause
    }
}

/// All answers, in order.
pub async fn fetch(source: &RedisSource, wanted: &[String]) -> Vec<ReadResult> {
    let mut keys = Keys::default();
    for key in wanted {
        keys.push(b"", key.as_bytes());
    }
    let mut answers: Vec<Option<ReadResult>> = vec![None; wanted.len()];
    source
        .fetch(&keys, |chunk, values| {
            let indices: Vec<_> =
                (0..wanted.len()).filter(|index| chunk.position(*index).is_some()).collect();
            assert_eq!(indices.len(), chunk.len(), "positions and length agree");
            for index in indices {
                let answer = match &values {
                    Ok(values) => values[chunk.position(index).unwrap()].clone(),
                    Err(fault) => Err(fault.clone()),
                };
                assert!(answers[index].replace(answer).is_none(), "one answer a key");
            }
        })
        .await;
    answers.into_iter().map(|answer| answer.expect("an answer for each key")).collect()
}

pub fn is_own(answer: &ReadResult, key: &str) -> bool {
    matches!(answer, Ok(Some(value)) if value == key.as_bytes())
}

/// The texts of those that failed.
pub fn faults(answers: &[ReadResult]) -> Vec<String> {
    answers.iter().filter_map(|answer| answer.as_ref().err()).map(Fault::to_string).collect()
}

/// Xorshift: the same in every run.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

/// Polls until `condition` holds.
pub fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "not within 20 s: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}
