//! One delivery: rows of numbers, and the values that belong to some of them as one JSON array.

use std::ops::Range;

use crate::core::{json, outcome::Outcome};

/// Rows per page. The row buffer of JavaScript has exactly this size, so a page is one delivery. Beyond some hundreds
/// of rows the cost of a delivery no longer matters (4–7 ns per row).
pub const PAGE_ROWS: usize = 1024;
/// A page is closed after this many bytes of values. That is far below V8's longest string (512 MiB), and far above
/// what 1024 user keys usually need (about 30 KiB).
const PAGE_BYTES: usize = 16 * 1024 * 1024;
/// Larger value buffers are not kept for the next page.
const KEPT_BYTES: usize = 256 * 1024;
/// Flag beside the number of an outcome, which has the lower eight bits: a value belongs to the row.
pub const HAS_VALUE: i32 = 0x100;
/// Second flag: it is the value of the row before, which is not written again.
pub const SAME_VALUE: i32 = 0x200;
/// Third flag: the session id follows the value.
pub const HAS_ID: i32 = 0x400;

/// One delivery.
#[derive(Debug, Default)]
pub struct Page {
    pub(super) rows: Vec<Row>,
    values: Vec<u8>,
    /// The place of the last value.
    last: Range<usize>,
}

/// The result of one look-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// JavaScript's number for this look-up.
    pub ticket: u32,
    /// The outcome.
    pub outcome: Outcome,
    /// The value that belongs to it: the user key of `FOUND`, or the cause of a fault as a string.
    pub value: Value,
    /// Whether the session id follows the value.
    pub has_id: bool,
}

/// Which value of the page belongs to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// There is none.
    Nothing,
    /// The next one.
    Next,
    /// The value of the row before. After a restart many tabs of one user come back at once: a user key of 200 KB, written
    /// for each of them, would fill the outbox with hundreds of MB.
    Same,
}

impl Row {
    /// The number that JavaScript sees: the outcome with the flags.
    #[must_use]
    pub fn encode(&self) -> i32 {
        let flags = match self.value {
            Value::Nothing => 0,
            Value::Next => HAS_VALUE,
            Value::Same => HAS_VALUE | SAME_VALUE,
        };
        i32::from(self.outcome as u8) | flags | if self.has_id { HAS_ID } else { 0 }
    }
}

impl Page {
    /// The results.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The values as one JSON array, or nothing if no row has one. Bytes that are not UTF-8 stay as they are stored.
    /// In a JavaScript string they become U+FFFD, as in Node.
    #[must_use]
    pub fn values(&self) -> &[u8] {
        &self.values
    }

    /// Adds an outcome without a value.
    pub fn outcome(&mut self, ticket: u32, outcome: Outcome) {
        self.rows.push(Row { ticket, outcome, value: Value::Nothing, has_id: false });
    }

    /// Adds a user key: its raw JSON text. `id`: the session id, where JavaScript wants it.
    pub fn user(&mut self, ticket: u32, user_key: &[u8], id: Option<&[u8]>) {
        let before = self.values.len();
        let start = self.open_value();
        self.values.extend_from_slice(user_key);
        if let Some(id) = id {
            self.values.push(b',');
            json::push_string(&mut self.values, id);
        }
        let value = self.keep_or_repeat(before, start);
        self.rows.push(Row { ticket, outcome: Outcome::Found, value, has_id: id.is_some() });
    }

    /// Adds a fault and its cause.
    pub fn fault(&mut self, ticket: u32, outcome: Outcome, cause: &str) {
        self.with_value(ticket, outcome, |values| json::push_string(values, cause.as_bytes()));
    }

    /// Adds an outcome and what the session is made of: JSON text.
    pub fn description(&mut self, ticket: u32, outcome: Outcome, json: &[u8]) {
        self.with_value(ticket, outcome, |values| values.extend_from_slice(json));
    }

    fn with_value(&mut self, ticket: u32, outcome: Outcome, write: impl FnOnce(&mut Vec<u8>)) {
        let before = self.values.len();
        let start = self.open_value();
        write(&mut self.values);
        let value = self.keep_or_repeat(before, start);
        self.rows.push(Row { ticket, outcome, value, has_id: false });
    }

    /// Takes the value that was written from `start` on away again, if it is the one of the row before.
    fn keep_or_repeat(&mut self, before: usize, start: usize) -> Value {
        let has_one = self.rows.last().is_some_and(|row| row.value != Value::Nothing);
        if has_one && self.values.get(self.last.clone()) == self.values.get(start..) {
            self.values.truncate(before);
            return Value::Same;
        }
        self.last = start..self.values.len();
        Value::Next
    }

    /// Starts a value and returns its place.
    fn open_value(&mut self) -> usize {
        self.values.push(if self.values.is_empty() { b'[' } else { b',' });
        self.values.len()
    }

    pub(super) fn close(&mut self) {
        if !self.values.is_empty() {
            self.values.push(b']');
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= PAGE_ROWS || self.values.len() >= PAGE_BYTES
    }

    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.values.clear();
        self.values.shrink_to(KEPT_BYTES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(page: &Page) -> Vec<Value> {
        page.rows().iter().map(|row| row.value).collect()
    }

    fn page(fill: impl FnOnce(&mut Page)) -> Page {
        let mut page = Page::default();
        fill(&mut page);
        page.close();
        page
    }

    #[test]
    fn values_of_a_page_are_one_json_array() {
        let page = page(|page| {
            page.user(1, br#""alice""#, None);
            page.outcome(2, Outcome::BadSignature);
            page.fault(3, Outcome::StoreError, "a \"quote\"\n");
        });
        assert_eq!(page.rows().len(), 3);
        let values: serde_json::Value = serde_json::from_slice(page.values()).unwrap();
        assert_eq!(values, serde_json::json!(["alice", "a \"quote\"\n"]));
        assert!(super::tests::page(|page| page.outcome(1, Outcome::NoCookie)).values().is_empty());
    }

    #[test]
    fn a_value_that_the_row_before_has_is_not_written_again() {
        let page = page(|page| {
            page.user(1, br#"{"id":7}"#, None);
            page.user(2, br#"{"id":7}"#, None);
            page.user(3, br#"{"id":8}"#, None);
            page.outcome(4, Outcome::NotLoggedIn);
            page.user(5, br#"{"id":8}"#, None);
            page.fault(6, Outcome::StoreError, "down");
            page.fault(7, Outcome::StoreTimeout, "down");
            page.fault(8, Outcome::StoreTimeout, "up");
        });
        assert_eq!(page.values(), br#"[{"id":7},{"id":8},{"id":8},"down","up"]"#);
        let (none, next, same) = (Value::Nothing, Value::Next, Value::Same);
        assert_eq!(kinds(&page), [next, same, next, none, next, next, same, next]);
        let numbers: Vec<_> = page.rows().iter().map(Row::encode).collect();
        assert_eq!(numbers, [256, 768, 256, 11, 256, 262, 775, 263]);
    }

    #[test]
    fn a_session_id_follows_its_user_and_belongs_to_the_value() {
        let page = page(|page| {
            page.user(1, b"7", Some(b"a"));
            page.user(2, b"7", Some(b"a"));
            page.user(3, b"7", Some(b"b\""));
            page.user(4, b"7", None);
        });
        assert_eq!(page.values(), br#"[7,"a",7,"b\"",7]"#);
        let numbers: Vec<_> = page.rows().iter().map(Row::encode).collect();
        assert_eq!(numbers, [256 + 1024, 768 + 1024, 256 + 1024, 256]);
    }

    #[test]
    fn a_cleared_page_keeps_no_more_than_usual_pages_need() {
        let mut page = page(|page| page.user(1, &vec![b'1'; 8 * KEPT_BYTES], None));
        page.clear();
        assert!(page.values.capacity() <= KEPT_BYTES, "{}", page.values.capacity());
    }

    #[test]
    fn a_cleared_page_shares_nothing_with_its_former_self() {
        let mut page = page(|page| page.user(1, b"1", None));
        page.clear();
        page.user(2, b"1", None);
        page.close();
        assert_eq!((page.values(), kinds(&page)), (&b"[1]"[..], vec![Value::Next]));
    }
}
