//! The delay before the next attempt to connect.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
    time::Duration,
};

/// The first retry is quick: most losses are a restart or a killed connection.
const FIRST: Duration = Duration::from_millis(20);
/// An operator who has repaired Redis should not have to wait for its clients.
const CAP: Duration = Duration::from_millis(500);

/// Doubling delays with jitter, capped at half a second.
#[derive(Default)]
pub(super) struct Backoff {
    attempts: u32,
}

impl Backoff {
    /// Between half of the current step and the whole, so that the clients of one server do not return at the same
    /// moment.
    pub(super) fn next_delay(&mut self) -> Duration {
        let step = FIRST.saturating_mul(1_u32.checked_shl(self.attempts).unwrap_or(u32::MAX)).min(CAP);
        self.attempts = self.attempts.saturating_add(1);
        step.mul_f64(0.5 + 0.5 * random_fraction())
    }

    /// To be called after a connection has proved stable.
    pub(super) fn reset(&mut self) {
        self.attempts = 0;
    }
}

/// Between 0 and 1. The hash keys are the only source of randomness in the standard library, and good enough for
/// jitter.
fn random_fraction() -> f64 {
    let bits = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(bits >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_the_cap_and_start_again() {
        let mut backoff = Backoff::default();
        assert!(backoff.next_delay() <= FIRST);
        for _ in 0..100 {
            let delay = backoff.next_delay();
            assert!(delay <= CAP, "{delay:?}");
        }
        assert!(backoff.next_delay() >= CAP / 2);
        backoff.reset();
        assert!(backoff.next_delay() <= FIRST);
    }

    #[test]
    fn delays_are_jittered() {
        let delays: std::collections::HashSet<_> = (0..20).map(|_| Backoff::default().next_delay()).collect();
        assert!(delays.len() > 10, "{delays:?}");
    }
}
