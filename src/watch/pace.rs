//! When the watch reads what nothing has told it to read.

use std::time::Duration;

use tokio::time::Instant;

/// How much less often every session is read again where the source tells of changes. It finds what no message tells
/// (SWAPDB).
const TRACKED: u32 = 10;
/// The least time between two steps of a sweep.
const STEP: Duration = Duration::from_millis(100);
/// The time after which what could not be read is tried again. As long as connections wait before they are made again: an
/// operator who has repaired Redis should not have to wait.
const RETRY: Duration = Duration::from_millis(500);
/// The same once something of it could be read. Not at once: of a cluster, a part may still be down.
const RETRY_OF_REST: Duration = Duration::from_millis(100);

/// The pace of the sweep and of retries.
pub struct Pace {
    /// In which time every session is read once where nothing tells of changes.
    every: Duration,
    swept: Instant,
    /// When the round began, and the most sessions that it had.
    began: Instant,
    most: usize,
    /// A part of a session that the last step had left over.
    rest: f64,
    /// When to try again what could not be read.
    retry: Option<Instant>,
}

impl Pace {
    pub fn new(every: Duration) -> Self {
        // No time at all would be an endless loop.
        let every = every.max(STEP);
        let now = Instant::now();
        Self { every, swept: now, began: now, most: 0, rest: 0.0, retry: None }
    }

    /// Another owner wants a faster pace, perhaps.
    pub fn at_least(&mut self, every: Duration) {
        self.every = self.every.min(every.max(STEP));
    }

    /// When the next step of the sweep is due, with so many sessions.
    pub fn next_step(&self, sessions: usize, is_tracking: bool) -> Instant {
        let round = self.round(is_tracking);
        let each = round / u32::try_from(sessions.max(self.most).max(1)).unwrap_or(u32::MAX);
        self.swept + each.clamp(STEP, round)
    }

    /// How many sessions to read in the step that is due now. Sessions that end make the steps of a round no smaller:
    /// otherwise, the more sessions end at once, the later it would be noticed.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a part of a number of sessions"
    )]
    pub fn step(&mut self, sessions: usize, is_tracking: bool) -> usize {
        let (now, round) = (Instant::now(), self.round(is_tracking));
        self.most = self.most.max(sessions);
        let part = (now - self.swept).div_duration_f64(round);
        self.swept = now;
        self.rest += part.min(1.0) * self.most as f64;
        if now - self.began >= round {
            (self.began, self.most) = (now, 0);
        }
        // The parts of a round together are a whole but for the last digits.
        let whole = (self.rest + 1e-6).floor();
        self.rest -= whole;
        whole as usize
    }

    /// The sessions were all read, or none is watched: the next round begins now.
    pub fn restart(&mut self) {
        let now = Instant::now();
        (self.swept, self.began, self.most, self.rest) = (now, now, 0, 0.0);
    }

    /// Something could not be read.
    pub fn failed(&mut self) {
        self.retry.get_or_insert_with(|| Instant::now() + RETRY);
    }

    /// Some of it could be read: the rest is tried soon.
    pub fn recovered(&mut self) {
        let soon = Instant::now() + RETRY_OF_REST;
        self.retry = self.retry.map(|at| at.min(soon));
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

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const EVERY: Duration = Duration::from_secs(30);

    /// Steps of a sweep, until `time` has passed: how many there were, and how many sessions they read.
    async fn sweep(pace: &mut Pace, sessions: usize, is_tracking: bool, time: Duration) -> (usize, usize) {
        let (end, mut steps, mut count) = (Instant::now() + time, 0, 0);
        while pace.next_step(sessions, is_tracking) <= end {
            advance(pace.next_step(sessions, is_tracking) - Instant::now()).await;
            count += pace.step(sessions, is_tracking);
            steps += 1;
        }
        (steps, count)
    }

    #[tokio::test(start_paused = true)]
    async fn every_session_is_read_once_in_a_round() {
        for (sessions, steps) in [(1, 1), (7, 7), (300, 300), (100_000, 300)] {
            let mut pace = Pace::new(EVERY);
            let (made, count) = sweep(&mut pace, sessions, false, EVERY).await;
            assert!(made.abs_diff(steps) <= 1 && count.abs_diff(sessions) <= 1, "{made} steps, {count} read");
        }
        let mut pace = Pace::new(EVERY);
        let (_, count) = sweep(&mut pace, 1_000, true, EVERY).await;
        assert!(count.abs_diff(100) <= 1, "ten times less often where changes are told: {count}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_fastest_owner_sets_the_pace() {
        let mut pace = Pace::new(EVERY);
        pace.at_least(EVERY * 2);
        pace.at_least(EVERY / 3);
        let (_, count) = sweep(&mut pace, 1_000, false, EVERY).await;
        assert!(count.abs_diff(3_000) <= 3, "{count}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_pause_is_made_up_for_once() {
        let mut pace = Pace::new(EVERY);
        advance(EVERY * 10).await;
        assert_eq!(pace.step(1_000, false), 1_000);
        assert_eq!(pace.step(1_000, false), 0);
        advance(EVERY).await;
        pace.restart();
        assert!(pace.next_step(1_000, false) > Instant::now());
    }

    #[tokio::test(start_paused = true)]
    async fn no_time_at_all_is_no_endless_loop() {
        let mut pace = Pace::new(Duration::ZERO);
        advance(STEP).await;
        assert_eq!(pace.step(10, false), 10);
        assert!(pace.next_step(10, false) > Instant::now());
    }

    #[tokio::test(start_paused = true)]
    async fn sessions_that_end_at_once_are_noticed_in_one_round() {
        let mut pace = Pace::new(EVERY);
        let (mut left, mut time) = (1_000, Duration::ZERO);
        while left > 0 {
            let wait = pace.next_step(left, false) - Instant::now();
            advance(wait).await;
            time += wait;
            left = left.saturating_sub(pace.step(left, false));
        }
        assert!(time <= EVERY + STEP, "{time:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_rest_of_what_failed_is_tried_soon() {
        let mut pace = Pace::new(EVERY);
        pace.recovered();
        assert_eq!(pace.retry(), None);
        pace.failed();
        pace.recovered();
        let at = Instant::now() + RETRY_OF_REST;
        assert_eq!(pace.retry(), Some(at));
        advance(RETRY_OF_REST / 2).await;
        pace.recovered();
        assert_eq!(pace.retry(), Some(at));
    }

    #[tokio::test(start_paused = true)]
    async fn what_failed_is_tried_again_after_a_while_of_the_first_failure() {
        let mut pace = Pace::new(EVERY);
        assert_eq!(pace.retry(), None);
        pace.failed();
        let at = pace.retry();
        advance(RETRY / 2).await;
        pace.failed();
        assert_eq!(pace.retry(), at);
        pace.retried();
        assert_eq!(pace.retry(), None);
    }
}
