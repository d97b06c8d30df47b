//! The index: the registry of members, and their values column by column.

use super::{
    column::{Column, Given},
    primitive::{Primitive, Primitives},
    registry::Registry,
    slots::Slot,
};

/// Members, and their values column by column.
#[derive(Default)]
pub struct Index {
    pub(super) registry: Registry,
    pub(super) columns: Vec<Column>,
    groups: Vec<Group>,
}

/// Members whose values are for the same columns: those of one authorizer.
struct Group {
    /// For each column where its value stands among the values of a member; none if the group does not index it.
    positions: Vec<Option<usize>>,
}

impl Index {
    /// Adds a property and returns its number: 0, 1, 2, … Members that are there already are [`UNINDEXED`] in it.
    pub fn add_column(&mut self) -> u32 {
        let mut column = Column::with_slots(self.registry.end());
        for slot in self.registry.in_order() {
            column.enter(slot, Given::Unindexed, self.registry.order());
        }
        self.columns.push(column);
        u32::try_from(self.columns.len() - 1).unwrap_or(u32::MAX)
    }

    /// Adds a group whose members' values are for these columns, in this order. None if there is no such column, a
    /// column twice, or no number left for the group.
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

    /// Enrols a member and returns its slot, which may have been another's before. Values that are missing are
    /// [`OTHER`]. None if there is no such group, or no room: for a namespace number from 2^20 on, or for more than
    /// 2^31 members.
    pub fn enrol(&mut self, group: u32, namespace: u32, values: &Primitives) -> Option<Slot> {
        let indexed = self.groups.get(group as usize)?;
        let slot = self.registry.enrol(group, namespace)?;
        for (number, column) in self.columns.iter_mut().enumerate() {
            column.enter(slot, indexed.given(number, values), self.registry.order());
        }
        Some(slot)
    }

    /// Brings a member up to date: its group, and its values, which are for the columns of that. Its place in the order
    /// stays. Without such a member or such a group, nothing.
    pub fn update(&mut self, slot: Slot, group: u32, values: &Primitives) {
        if !self.registry.regroup(slot, group) {
            return;
        }
        let Some(indexed) = self.groups.get(group as usize) else { return };
        for (number, column) in self.columns.iter_mut().enumerate() {
            column.change(slot, indexed.given(number, values), self.registry.order());
        }
    }

    /// Forgets a member. Without such a member, nothing.
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

    /// Whether nobody is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The distinct values that members of a group have in a column, and how many have each; the value whose member
    /// enrolled first comes first. Nothing for what is no column or group, or not indexed by it.
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
    /// What a member of this group has in a column.
    fn given<'v>(&self, column: usize, values: &'v Primitives) -> Given<'v> {
        match self.position(column) {
            Some(position) => values.get(position).map_or(Given::Other, Given::Value),
            None => Given::Unindexed,
        }
    }

    fn position(&self, column: usize) -> Option<usize> {
        self.positions.get(column).copied().flatten()
    }
}
