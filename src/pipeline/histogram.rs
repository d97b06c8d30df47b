//! Counts how long look-ups took, in log-linear buckets, so that recording is one atomic addition.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// Sub-buckets of each power of two: a quantile is at most 1/16 (6 %) above the true value.
const STEPS: u64 = 16;
/// Values below `STEPS` µs have a bucket each; 28 powers of two above reach 70 minutes.
const BUCKETS: usize = 16 * 29;

/// Latencies in microseconds.
#[derive(Debug)]
pub struct Histogram {
    buckets: Box<[AtomicU64]>,
    longest: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { buckets: (0..BUCKETS).map(|_| AtomicU64::new(0)).collect(), longest: AtomicU64::new(0) }
    }
}

impl Histogram {
    /// Counts one look-up.
    pub fn record(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        if let Some(bucket) = self.buckets.get(bucket_of(micros)).or(self.buckets.last()) {
            bucket.fetch_add(1, Relaxed);
        }
        self.longest.fetch_max(micros, Relaxed);
    }

    /// How many look-ups were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.load(Relaxed)).sum()
    }

    /// The longest look-up.
    #[must_use]
    pub fn longest(&self) -> Duration {
        Duration::from_micros(self.longest.load(Relaxed))
    }

    /// The time within which the share `quantile` (0 to 1) of all look-ups ended. Zero if there were none.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    pub fn quantile(&self, quantile: f64) -> Duration {
        // No process makes 2^53 look-ups, so the casts are exact.
        let rank = (self.count() as f64 * quantile).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (index, bucket) in self.buckets.iter().enumerate() {
            seen += bucket.load(Relaxed);
            if seen >= rank {
                return Duration::from_micros(upper_bound(index as u64)).min(self.longest());
            }
        }
        self.longest()
    }
}

fn bucket_of(micros: u64) -> usize {
    let power = (micros / STEPS).checked_ilog2().map_or(0, |log| log + 1);
    let bucket = match power {
        0 => micros,
        _ => u64::from(power) * STEPS + ((micros >> (power - 1)) - STEPS),
    };
    usize::try_from(bucket).unwrap_or(BUCKETS)
}

/// The largest value of a bucket.
fn upper_bound(bucket: u64) -> u64 {
    let (power, step) = (bucket / STEPS, bucket % STEPS);
    match power {
        0 => step,
        _ => ((STEPS + step + 1) << (power - 1)) - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_lies_in_its_bucket_and_the_bucket_is_narrow() {
        for micros in (0..5_000).chain([1 << 20, (1 << 20) + 12_345, 3_000_000_000]) {
            let bucket = bucket_of(micros) as u64;
            let above = upper_bound(bucket);
            assert!(micros <= above && above <= micros + micros / STEPS, "{micros} in {bucket} ≤ {above}");
            assert!(bucket == 0 || upper_bound(bucket - 1) < micros);
        }
    }

    #[test]
    fn quantiles() {
        let histogram = Histogram::default();
        assert_eq!(histogram.quantile(0.5), Duration::ZERO);
        (1..=100).for_each(|ms| histogram.record(Duration::from_millis(ms)));
        assert_eq!(histogram.count(), 100);
        assert_eq!(histogram.longest(), Duration::from_millis(100));
        let median = histogram.quantile(0.5).as_micros();
        assert!((50_000..=53_125).contains(&median), "{median}");
        assert_eq!(histogram.quantile(1.0), Duration::from_millis(100));
        histogram.record(Duration::MAX);
        assert_eq!(histogram.count(), 101);
    }
}
