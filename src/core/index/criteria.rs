//! What is asked: for some columns, the values that are wanted.

use super::primitive::Primitives;

/// Matched by a member that has, in each of these columns, one of the values wanted in it. Without columns: by all.
#[derive(Default)]
pub struct Criteria {
    /// Column, and the end of its values in `values`.
    columns: Vec<(u32, usize)>,
    values: Primitives,
}

impl Criteria {
    /// Forgets all, keeping some room.
    pub fn clear(&mut self) {
        self.columns.clear();
        self.values.clear();
    }

    /// Adds a column with the values that `want` adds; without any, nobody matches.
    pub fn column(&mut self, column: u32, want: impl FnOnce(&mut Primitives)) {
        want(&mut self.values);
        self.columns.push((column, self.values.len()));
    }

    /// The columns, and the places of the values wanted in each among the [values](Self::values).
    pub(super) fn columns(&self) -> impl Iterator<Item = (u32, std::ops::Range<usize>)> {
        let starts = std::iter::once(0).chain(self.columns.iter().map(|(_, end)| *end));
        self.columns.iter().zip(starts).map(|((column, end), start)| (*column, start..*end))
    }

    pub(super) fn values(&self) -> &Primitives {
        &self.values
    }
}
