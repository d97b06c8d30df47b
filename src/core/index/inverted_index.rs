//! The index: the registry of members, and their values column by column.

use super::{
    column::{Column, NewValue},
    primitive::{Primitive, Primitives},
    registry::Registry,
    slots::Slot,
};

/// The members, and their values column by column.
#[derive(Default)]
pub struct Index {
    pub(super) registry: Registry,
    pub(super) columns: Vec<Column>,
    groups: Vec<Group>,
}

/// The members whose values are for the same columns: those of one authorizer.
struct Group {
    /// For each column, the position of its value among the values of a member. `None` if the group does not index
    /// the column.
    positions: Vec<Option<usize>>,
}

impl Index {
    /// Adds a property and returns its number: 0, 1, 2, … Members that are already there are `UNINDEXED` in it.
    pub fn add_column(&mut self) -> u32 {
        let mut column = Column::with_slots(self.registry.end());
        for slot in self.registry.in_order() {
            column.enter(slot, NewValue::Unindexed, self.registry.order());
        }
        self.columns.push(column);
        u32::try_from(self.columns.len() - 1).unwrap_or(u32::MAX)
    }

    /// Adds a group whose members have values for these columns, in this order. `None` if a column does not exist or
    /// is named twice, or if there are too many groups.
    pub fn add_group(&mut self, columns: &[u32]) -> Option<u32> {
        let mut positions = vec![None; self.columns.len()];
        for (position, column) in columns.iter().enumerate() {
            let place = positions.get_mut(*column as usize).filter(|place| place.is_none())?;
            *place = Some(position);
        }
        let number = self.registry.add_group()?;
        self.groups.push(Group { positions });
        Some(number)
    }

    /// Enrols a member and returns its slot, which another member may have had before. Missing values are `OTHER`.
    /// `None` if there is no such group or no room: a namespace number from 2^20 on, or more than 2^31 members.
    pub fn enrol(&mut self, group: u32, namespace: u32, values: &Primitives) -> Option<Slot> {
        let indexed = self.groups.get(group as usize)?;
        let slot = self.registry.enrol(group, namespace)?;
        for (number, column) in self.columns.iter_mut().enumerate() {
            column.enter(slot, indexed.value_of(number, values), self.registry.order());
        }
        Some(slot)
    }

    /// Replaces the group and the values of a member. The values are for the columns of the new group. The member
    /// keeps its place in the order. Does nothing if there is no such member or no such group.
    pub fn update(&mut self, slot: Slot, group: u32, values: &Primitives) {
        if !self.registry.regroup(slot, group) {
            return;
        }
        let Some(indexed) = self.groups.get(group as usize) else { return };
        for (number, column) in self.columns.iter_mut().enumerate() {
            column.change(slot, indexed.value_of(number, values), self.registry.order());
        }
    }

    /// Removes a member. Does nothing if there is none.
    pub fn leave(&mut self, slot: Slot) {
        if self.registry.leave(slot) {
            for column in &mut self.columns {
                column.leave(slot);
                column.truncate(self.registry.end());
            }
        }
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.registry.len()
    }

    /// Whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The distinct values that members of a group have in a column, and how many members have each. The value whose
    /// member enrolled first comes first. Empty if there is no such column or group, or if the group does not index
    /// the column.
    #[must_use]
    pub fn distinct(&self, column: u32, group: u32) -> Vec<(Primitive<'_>, usize)> {
        let indexes = |group: &Group| group.position(column as usize).is_some();
        match (
            self.columns.get(column as usize),
            self.groups.get(group as usize).filter(|group| indexes(group)),
        ) {
            (Some(column), Some(_)) => column.distinct(&self.registry, group),
            _ => Vec::new(),
        }
    }
}

impl Group {
    /// The value that a member of this group has in a column.
    fn value_of<'v>(&self, column: usize, values: &'v Primitives) -> NewValue<'v> {
        match self.position(column) {
            Some(position) => values.get(position).map_or(NewValue::Other, NewValue::Value),
            None => NewValue::Unindexed,
        }
    }

    fn position(&self, column: usize) -> Option<usize> {
        self.positions.get(column).copied().flatten()
    }
}
