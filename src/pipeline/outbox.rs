//! Results on their way to the JS thread: rows of numbers, and the values that belong to some of them joined into one
//! JSON array, so that V8 parses a whole page with one `JSON.parse`.

mod page;

use std::{
    collections::VecDeque,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

pub use page::{HAS_ID, HAS_VALUE, PAGE_ROWS, Page, Row, SAME_VALUE, Value};

/// The pages of one environment, filled by the I/O thread and emptied by the JS thread.
pub struct Outbox {
    state: Mutex<State>,
    wake: Box<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct State {
    /// Full pages, oldest first.
    full: VecDeque<Page>,
    /// The page being filled.
    current: Page,
    /// An emptied page whose buffers can be used again.
    spare: Page,
    /// A wake-up is under way: the JS thread will look again, so that another one is not needed.
    scheduled: bool,
}

impl Outbox {
    /// `wake` asks the JS thread to call [`take`](Self::take) until it returns `None`. It must not block.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { state: Mutex::default(), wake: Box::new(wake) }
    }

    /// Writes results, each to [`Writer::page`], under one lock and with at most one wake-up.
    pub fn write(&self, results: impl FnOnce(&mut Writer<'_>)) {
        let mut state = self.lock();
        results(&mut Writer(&mut state));
        let waiting = !state.full.is_empty() || !state.current.rows.is_empty();
        let wake = waiting && !mem::replace(&mut state.scheduled, true);
        drop(state);
        if wake {
            (self.wake)();
        }
    }

    /// The oldest page. After `None` the next result wakes the JS thread again.
    pub fn take(&self) -> Option<Page> {
        let mut state = self.lock();
        if let Some(page) = state.full.pop_front() {
            return Some(page);
        }
        if state.current.rows.is_empty() {
            state.scheduled = false;
            return None;
        }
        Some(state.turn_page())
    }

    /// Takes a delivered page back, to reuse its buffers.
    pub fn recycle(&self, mut page: Page) {
        page.clear();
        self.lock().spare = page;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic of a writer leaves complete rows: a row is pushed after its value.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Closes the current page and returns it.
    fn turn_page(&mut self) -> Page {
        let next = mem::take(&mut self.spare);
        let mut page = mem::replace(&mut self.current, next);
        page.close();
        page
    }
}

/// Gives the page for the next result.
pub struct Writer<'a>(&'a mut State);

impl Writer<'_> {
    /// A page with room for one more result.
    pub fn page(&mut self) -> &mut Page {
        if self.0.current.is_full() {
            let page = self.0.turn_page();
            self.0.full.push_back(page);
        }
        &mut self.0.current
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;
    use crate::core::outcome::Outcome;

    fn outbox() -> (Outbox, Arc<AtomicUsize>) {
        let wakes = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&wakes);
        (Outbox::new(move || _ = counter.fetch_add(1, Ordering::Relaxed)), wakes)
    }

    #[test]
    fn pages_are_closed_before_their_values_are_too_long_for_the_engine() {
        let (outbox, _) = outbox();
        let key = |ticket: u32| format!("\"{ticket}{}\"", "k".repeat(1 << 20));
        outbox.write(|to| (0..60).for_each(|ticket| to.page().user(ticket, key(ticket).as_bytes(), None)));
        let pages: Vec<_> = std::iter::from_fn(|| outbox.take()).collect();
        assert!(pages.iter().all(|page| page.values().len() < 18 << 20));
        assert_eq!(pages.iter().map(|page| page.rows().len()).sum::<usize>(), 60);
    }

    #[test]
    fn at_the_turn_of_a_page_a_shared_value_is_written_anew() {
        let (outbox, _) = outbox();
        let key = format!("\"{}\"", "k".repeat(200_000));
        let count = u32::try_from(PAGE_ROWS).unwrap() * 3;
        outbox.write(|to| (0..count).for_each(|ticket| to.page().user(ticket, key.as_bytes(), None)));
        for _ in 0..3 {
            let page = outbox.take().unwrap();
            assert_eq!(page.values().len(), key.len() + 2);
            assert_eq!(page.rows().len(), PAGE_ROWS);
            let kinds: Vec<_> = page.rows().iter().map(|row| row.value).collect();
            assert_eq!(kinds[0], Value::Next);
            assert!(kinds[1..].iter().all(|kind| *kind == Value::Same));
            outbox.recycle(page);
        }
        assert!(outbox.take().is_none());
    }

    #[test]
    fn one_wake_up_until_the_reader_has_seen_the_end() {
        let (outbox, wakes) = outbox();
        outbox.write(|_| {});
        assert_eq!(wakes.load(Ordering::Relaxed), 0, "there is nothing to see");
        for ticket in 0..3 {
            outbox.write(|to| to.page().outcome(ticket, Outcome::NoCookie));
        }
        assert_eq!(wakes.load(Ordering::Relaxed), 1);
        let page = outbox.take().unwrap();
        outbox.recycle(page);
        assert!(outbox.take().is_none());
        outbox.write(|to| to.page().outcome(4, Outcome::NoCookie));
        assert_eq!(wakes.load(Ordering::Relaxed), 2);
        outbox.write(|_| {});
        assert_eq!(wakes.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn pages_are_bounded_and_come_in_order() {
        let (outbox, _) = outbox();
        let count = u32::try_from(PAGE_ROWS * 2 + 7).unwrap();
        outbox.write(|to| (0..count).for_each(|ticket| to.page().user(ticket, b"1", None)));
        let mut tickets = Vec::new();
        while let Some(page) = outbox.take() {
            assert!(page.rows().len() <= PAGE_ROWS);
            tickets.extend(page.rows().iter().map(|row| row.ticket));
            outbox.recycle(page);
        }
        assert_eq!(tickets, (0..count).collect::<Vec<_>>());
    }
}
