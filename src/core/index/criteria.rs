//! What a query asks for: for some columns, the wanted values.

use super::primitive::Primitives;

/// A member matches if it has, in each of these columns, one of the wanted values. Without columns every member
/// matches.
#[derive(Default)]
pub struct Criteria {
    /// Column, and the end of its values in `values`.
    columns: Vec<(u32, usize)>,
    values: Primitives,
}

impl Criteria {
    /// Removes all criteria and keeps some room.
    pub fn clear(&mut self) {
        self.columns.clear();
        self.values.clear();
    }

    /// Adds a column with the values that `want` adds. Without values no member matches.
    pub fn column(&mut self, column: u32, want: impl FnOnce(&mut Primitives)) {
        want(&mut self.values);
        self.columns.push((column, self.values.len()));
    }

    /// The columns, and the places of their wanted values among the [values](Self::values).
    pub(super) fn columns(&self) -> impl Iterator<Item = (u32, std::ops::Range<usize>)> {
        let starts = std::iter::once(0).chain(self.columns.iter().map(|(_, end)| *end));
        self.columns.iter().zip(starts).map(|((column, end), start)| (*column, start..*end))
    }

    pub(super) fn values(&self) -> &Primitives {
        &self.values
    }
}
