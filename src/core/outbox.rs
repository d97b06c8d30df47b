//! Verdicts on their way to the JS thread: rows of numbers, and the values that belong to some of
//! them joined into one JSON array, so that V8 parses a whole page with one `JSON.parse`.

use std::{
    collections::VecDeque,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::core::code::Code;

/// Rows a page holds. The JS side's row buffer has exactly this size, so a page is one delivery;
/// beyond some hundreds the cost of a delivery is no longer seen (4–7 ns a row).
pub const PAGE_ROWS: usize = 1024;
/// Bytes of values after which a page is closed: far below V8's longest string (512 MiB), far above
/// what 1024 user keys usually need (some 30 KiB).
const PAGE_BYTES: usize = 16 * 1024 * 1024;
/// Value buffers larger than this are not kept for the next page.
const KEPT_BYTES: usize = 256 * 1024;

/// One delivery.
#[derive(Debug, Default)]
pub struct Page {
    rows: Vec<Row>,
    values: Vec<u8>,
}

/// One verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// JavaScript's number for the connection.
    pub ticket: u32,
    /// What became of it.
    pub code: Code,
    /// Whether the next value of the page belongs to it: the user key of `FOUND`, the cause (a string) of a fault.
    pub has_value: bool,
}

impl Page {
    /// The verdicts.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The values as one JSON array, or nothing if no row has one. Bytes that are not UTF-8 are as
    /// they stand in Redis; whoever makes a JS string of them reads them as U+FFFD, as Node does.
    #[must_use]
    pub fn values(&self) -> &[u8] {
        &self.values
    }

    /// Adds a verdict without a value.
    pub fn code(&mut self, ticket: u32, code: Code) {
        self.rows.push(Row { ticket, code, has_value: false });
    }

    /// Adds a user key, the raw JSON text of it.
    pub fn found(&mut self, ticket: u32, user_key: &[u8]) {
        self.open_value();
        self.values.extend_from_slice(user_key);
        self.rows.push(Row { ticket, code: Code::Found, has_value: true });
    }

    /// Adds a fault and what is behind it, in words.
    pub fn fault(&mut self, ticket: u32, code: Code, cause: &str) {
        self.open_value();
        self.values.push(b'"');
        push_escaped(&mut self.values, cause);
        self.values.push(b'"');
        self.rows.push(Row { ticket, code, has_value: true });
    }

    fn open_value(&mut self) {
        self.values.push(if self.values.is_empty() { b'[' } else { b',' });
    }

    fn close(&mut self) {
        if !self.values.is_empty() {
            self.values.push(b']');
        }
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= PAGE_ROWS || self.values.len() >= PAGE_BYTES
    }

    fn clear(&mut self) {
        self.rows.clear();
        self.values.clear();
        self.values.shrink_to(KEPT_BYTES);
    }
}

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
    /// A wake-up is under way: the JS thread will look again without another one.
    scheduled: bool,
}

impl Outbox {
    /// `wake` asks the JS thread to call [`take`](Self::take) until it gives nothing; it must not block.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { state: Mutex::default(), wake: Box::new(wake) }
    }

    /// Writes verdicts, each to [`Writer::page`], under one lock and with at most one wake-up.
    pub fn write(&self, verdicts: impl FnOnce(&mut Writer<'_>)) {
        let mut state = self.lock();
        verdicts(&mut Writer(&mut state));
        let waiting = !state.full.is_empty() || !state.current.rows.is_empty();
        let wake = waiting && !mem::replace(&mut state.scheduled, true);
        drop(state);
        if wake {
            (self.wake)();
        }
    }

    /// The oldest page. None if there is none: then the next verdict wakes the JS thread again.
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

    /// Hands a delivered page back, for its buffers.
    pub fn recycle(&self, mut page: Page) {
        page.clear();
        self.lock().spare = page;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic of a writer leaves whole rows behind: a row is pushed after its value.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Closes the current page and gives it away.
    fn turn_page(&mut self) -> Page {
        let next = mem::take(&mut self.spare);
        let mut page = mem::replace(&mut self.current, next);
        page.close();
        page
    }
}

/// Hands out the page for the next verdict.
pub struct Writer<'a>(&'a mut State);

impl Writer<'_> {
    /// A page with room for one more verdict.
    pub fn page(&mut self) -> &mut Page {
        if self.0.current.is_full() {
            let page = self.0.turn_page();
            self.0.full.push_back(page);
        }
        &mut self.0.current
    }
}

/// The inside of a JSON string (RFC 8259 section 7).
fn push_escaped(out: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', byte]),
            0..0x20 => out.extend(format!("\\u{byte:04x}").into_bytes()),
            _ => out.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    fn outbox() -> (Outbox, Arc<AtomicUsize>) {
        let wakes = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&wakes);
        (Outbox::new(move || _ = counter.fetch_add(1, Ordering::Relaxed)), wakes)
    }

    #[test]
    fn values_of_a_page_are_one_json_array() {
        let (outbox, _) = outbox();
        outbox.write(|to| {
            to.page().found(1, br#""alice""#);
            to.page().code(2, Code::BadSignature);
            to.page().fault(3, Code::StoreError, "a \"quote\"\n");
        });
        let page = outbox.take().unwrap();
        assert_eq!(page.rows().len(), 3);
        let values: serde_json::Value = serde_json::from_slice(page.values()).unwrap();
        assert_eq!(values, serde_json::json!(["alice", "a \"quote\"\n"]));
    }

    #[test]
    fn one_wake_up_until_the_reader_has_seen_the_end() {
        let (outbox, wakes) = outbox();
        for ticket in 0..3 {
            outbox.write(|to| to.page().code(ticket, Code::NoCookie));
        }
        assert_eq!(wakes.load(Ordering::Relaxed), 1);
        let page = outbox.take().unwrap();
        outbox.recycle(page);
        assert!(outbox.take().is_none());
        outbox.write(|to| to.page().code(4, Code::NoCookie));
        assert_eq!(wakes.load(Ordering::Relaxed), 2);
        outbox.write(|_| {});
        assert_eq!(wakes.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn pages_are_bounded_and_come_in_order() {
        let (outbox, _) = outbox();
        let count = u32::try_from(PAGE_ROWS * 2 + 7).unwrap();
        outbox.write(|to| (0..count).for_each(|ticket| to.page().found(ticket, b"1")));
        let mut tickets = Vec::new();
        while let Some(page) = outbox.take() {
            assert!(page.rows().len() <= PAGE_ROWS);
            tickets.extend(page.rows().iter().map(|row| row.ticket));
            outbox.recycle(page);
        }
        assert_eq!(tickets, (0..count).collect::<Vec<_>>());
    }
}
