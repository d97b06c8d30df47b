//! When the watch reads what nothing has told it to read.

use std::time::Duration;

use tokio::time::Instant;

/// How much less often every session is read again where the source tells of changes. It finds what no message tells
/// (SWAPDB).
const TRACKED: u32 = 10;
/// The least time between two steps of a sweep.
const STEP: Duration = Duration::from_millis(100);
/// The time after which what could not be read is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// The pace of the sweep and of retries.
pub struct Pace {
    /// In which time every session is read once where nothing tells of changes.
    every: Duration,
    swept: Instant,
    /// A part of a session that the last step had left over.
    rest: f64,
    /// When to try again what could not be read.
    retry: Option<Instant>,
}

impl Pace {
    pub fn new(every: Duration) -> Self {
        Self { every, swept: Instant::now(), rest: 0.0, retry: None }
    }

    /// Another owner wants a faster pace, perhaps.
    pub fn at_least(&mut self, every: Duration) {
        self.every = self.every.min(every);
    }

    /// When the next step of the sweep is due, with so many sessions.
    pub fn next_step(&self, sessions: usize, is_tracking: bool) -> Instant {
        let round = self.round(is_tracking);
        let each = round.div_f64(sessions.max(1) as f64);
        self.swept + each.clamp(STEP.min(round), round)
    }

    /// How many sessions to read in the step that is due now.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of a number of sessions"
    )]
    pub fn step(&mut self, sessions: usize, is_tracking: bool) -> usize {
        let now = Instant::now();
        let part = (now - self.swept).div_duration_f64(self.round(is_tracking));
        self.swept = now;
        self.rest += part.min(1.0) * sessions as f64;
        let whole = self.rest.floor();
        self.rest -= whole;
        whole as usize
    }

    /// The sessions were all read, or none is watched: the next round begins now.
    pub fn restart(&mut self) {
        (self.swept, self.rest) = (Instant::now(), 0.0);
    }

    /// Something could not be read.
    pub fn failed(&mut self) {
        self.retry.get_or_insert_with(|| Instant::now() + RETRY);
    }

    /// When to try again what could not be read.
    pub fn retry(&self) -> Option<Instant> {
        self.retry
    }

    /// It is tried again now.
    pub fn retried(&mut self) {
        self.retry = None;
    }

    fn round(&self, is_tracking: bool) -> Duration {
        if is_tracking { self.every * TRACKED } else { self.every }
    }
}
