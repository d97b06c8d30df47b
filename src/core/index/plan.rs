//! How to answer a query: which members to visit, and what to check of each.

use super::{
    column::{Column, UNINDEXED},
    criteria::Criteria,
    dictionary::ValueId,
    inverted_index::Index,
    posting::Posting,
    registry::Registry,
    slots::Slot,
};

/// From this number of wanted values on, binary search is used.
const MANY: usize = 16;

/// Why there is no answer. Nothing is written in that case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// The array is shorter than the answer may be.
    TooShort,
    /// A criterion names a column that does not exist.
    NoSuchColumn,
}

/// What the index knows about a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// It does not match.
    No,
    /// It matches as far as the index knows. JavaScript has to check the rest.
    InDoubt,
    /// It matches.
    Yes,
}

/// The criteria of one column.
pub struct Part<'i> {
    column: &'i Column,
    /// In ascending order, each once. Values that no member has are left out.
    wanted: Vec<ValueId>,
}

/// The criteria, column by column.
///
/// # Errors
/// There is no such column.
pub fn parts<'i>(index: &'i Index, criteria: &Criteria) -> Result<Vec<Part<'i>>, Unanswered> {
    let parts = criteria.columns().map(|(column, places)| {
        let column = index.columns.get(column as usize).ok_or(Unanswered::NoSuchColumn)?;
        let values = places.filter_map(|place| criteria.values().get(place));
        let mut wanted: Vec<_> = values.filter_map(|value| column.find(value)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        Ok(Part { column, wanted })
    });
    parts.collect()
}

impl<'i> Part<'i> {
    /// What the value at this slot says. A slot without a member is in doubt.
    pub fn judge(&self, slot: Slot) -> Match {
        let id = self.column.id(slot);
        if self.wants(id) {
            Match::Yes
        } else if id == UNINDEXED {
            Match::InDoubt
        } else {
            Match::No
        }
    }

    fn wants(&self, id: ValueId) -> bool {
        match self.wanted.as_slice() {
            [one] => *one == id,
            few if few.len() < MANY => few.contains(&id),
            many => many.binary_search(&id).is_ok(),
        }
    }

    /// The lists of all members that this part does not exclude.
    fn lists(&self) -> impl Iterator<Item = (&'i Posting, Match)> {
        let column = self.column;
        let sure =
            self.wanted.iter().filter_map(|id| column.posting(*id)).map(|posting| (posting, Match::Yes));
        sure.chain([(column.unindexed(), Match::InDoubt)]).filter(|(posting, _)| !posting.is_empty())
    }

    fn candidates(&self) -> usize {
        self.lists().map(|(posting, _)| posting.len()).sum()
    }
}

/// The members to visit, and what to check of each. Visited are the members that the most selective column does not
/// exclude, or all members.
pub struct Plan<'i> {
    registry: &'i Registry,
    /// `None` if all members are in the namespace of the query, or if the query names none.
    namespace: Option<u32>,
    driver: Option<Part<'i>>,
    checks: Vec<Part<'i>>,
    most: usize,
}

impl<'i> Plan<'i> {
    /// Plans for the members of one namespace, or of all.
    ///
    /// # Errors
    /// There is no such column.
    pub fn new(index: &'i Index, namespace: Option<u32>, criteria: &Criteria) -> Result<Self, Unanswered> {
        let registry = &index.registry;
        let mut checks = parts(index, criteria)?;
        let best = (0..checks.len()).min_by_key(|part| checks.get(*part).map(Part::candidates));
        let driver = best.map(|best| checks.swap_remove(best));
        let there = namespace.map_or(registry.len(), |namespace| registry.in_namespace(namespace));
        Ok(Self {
            registry,
            namespace: namespace.filter(|_| there < registry.len()),
            most: driver.as_ref().map_or(there, |driver| driver.candidates().min(there)),
            driver,
            checks,
        })
    }

    /// How many can match at most.
    pub fn most(&self) -> usize {
        self.most
    }

    /// Calls `found` for each member that matches or is in doubt.
    pub fn visit(&self, mut found: impl FnMut(Slot, Match)) {
        let mut check = |slot, matched| match self.check(slot, matched) {
            Match::No => {}
            matched => found(slot, matched),
        };
        match &self.driver {
            _ if self.most == 0 => {}
            None => self.registry.slots().for_each(|slot| check(slot, Match::Yes)),
            Some(driver) => {
                for (posting, matched) in driver.lists() {
                    driver.column.slots(posting).for_each(|slot| check(slot, matched));
                }
            }
        }
    }

    /// Whether members are visited in the order of enrolment.
    pub fn is_in_order(&self) -> bool {
        self.driver.as_ref().is_some_and(|driver| {
            let mut lists = driver.lists();
            lists.next().is_none_or(|(posting, _)| posting.is_in_order()) && lists.next().is_none()
        })
    }

    /// How many members match and how many are in doubt, if the lengths of the lists are enough to know.
    pub fn known_counts(&self) -> Option<(usize, usize)> {
        match &self.driver {
            None => Some((self.most, 0)),
            Some(driver) if self.checks.is_empty() && self.namespace.is_none() => {
                let unindexed = driver.column.unindexed().len();
                Some((driver.candidates() - unindexed, unindexed))
            }
            Some(_) => None,
        }
    }

    fn check(&self, slot: Slot, matched: Match) -> Match {
        if self.namespace.is_some() && self.registry.namespace(slot) != self.namespace {
            return Match::No;
        }
        judge(&self.checks, slot, matched)
    }
}

/// What all parts say together. `before`: what is already known.
pub fn judge(parts: &[Part<'_>], slot: Slot, before: Match) -> Match {
    let mut all = before;
    for part in parts {
        match part.judge(slot) {
            Match::No => return Match::No,
            Match::InDoubt => all = Match::InDoubt,
            Match::Yes => {}
        }
    }
    all
}
