//! The index and its model, changed and asked together.

use passport_socketio_native::core::index::{Criteria, IN_DOUBT, Index};

use super::model::{Certainty, Js, Member, Model, Wanted, primitives};

#[derive(Default)]
pub struct Pair {
    pub index: Index,
    pub model: Model,
}

impl Pair {
    /// With one column, and a group that indexes it.
    pub fn with_one_column() -> Self {
        let mut pair = Self::default();
        pair.add_column();
        pair.add_group(vec![0]);
        pair
    }

    pub fn add_column(&mut self) {
        assert_eq!(self.index.add_column() as usize, self.model.columns);
        self.model.columns += 1;
    }

    pub fn add_group(&mut self, columns: Vec<u32>) {
        assert_eq!(self.index.add_group(&columns), u32::try_from(self.model.groups.len()).ok());
        self.model.groups.push(columns);
    }

    pub fn enrol(&mut self, group: u32, namespace: u32, values: Vec<Js>) {
        let slot = self.index.enrol(group, namespace, &primitives(&values)).unwrap();
        assert!(self.model.members.iter().all(|member| member.slot != slot), "{slot} is somebody's");
        self.model.members.push(Member { slot, namespace, group, values });
    }

    pub fn update(&mut self, place: usize, group: u32, values: Vec<Js>) {
        let member = &mut self.model.members[place];
        self.index.update(member.slot, group, &primitives(&values));
        member.group = group;
        member.values = values;
    }

    pub fn leave(&mut self, place: usize) {
        let member = self.model.members.remove(place);
        self.index.leave(member.slot);
        self.index.leave(member.slot);
    }

    /// Asks all questions with these criteria. `list`: the slots to select from.
    pub fn check(&self, namespace: Option<u32>, wanted: &Wanted, list: &[u32]) {
        let criteria = criteria(wanted);
        let expected = self.model.find(namespace, wanted);
        assert_eq!(self.find(namespace, &criteria), expected, "{namespace:?} {wanted:?}");
        let count = self.index.count(namespace, &criteria).unwrap();
        let sure = expected.iter().filter(|(_, certainty)| certainty.is_some()).count();
        assert_eq!((count.sure, count.in_doubt), (sure, expected.len() - sure), "{namespace:?} {wanted:?}");
        let mut out = vec![7; list.len()];
        let selected = self.index.select(&criteria, list, &mut out).unwrap();
        assert_eq!(certainties(&out[..selected]), self.model.select(list, wanted), "{wanted:?}");
    }

    pub fn find(&self, namespace: Option<u32>, criteria: &Criteria) -> Vec<(u32, Certainty)> {
        let mut out = vec![7; self.index.len()];
        let found = self.index.find(namespace, criteria, &mut out).unwrap();
        certainties(&out[..found])
    }

    pub fn check_distinct(&self, column: u32, group: u32) {
        let distinct = self.index.distinct(column, group);
        let expected = self.model.distinct(column, group);
        assert_eq!(distinct.len(), expected.len());
        for ((value, count), (expected, expected_count)) in distinct.into_iter().zip(expected) {
            assert!(Js::from(value.decode()).equals(&expected), "{expected:?} expected");
            assert_eq!(count, expected_count, "{expected:?}");
        }
    }
}

pub fn criteria(wanted: &Wanted) -> Criteria {
    let mut criteria = Criteria::default();
    for (column, values) in wanted {
        criteria.column(*column, |to| values.iter().for_each(|value| value.push(to)));
    }
    criteria
}

fn certainties(out: &[u32]) -> Vec<(u32, Certainty)> {
    out.iter().map(|number| (number & !IN_DOUBT, (number & IN_DOUBT == 0).then_some(true))).collect()
}
