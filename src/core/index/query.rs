//! The answers: which members match, how many, and which of a list.

use super::{
    criteria::Criteria,
    inverted_index::Index,
    plan::{Match, Plan, Unanswered, judge, parts},
    slots::{MASK, Slot},
};

/// Bit beside a slot or a position in an answer: the index does not know everything about this member, so JavaScript
/// has to look at the user.
pub const IN_DOUBT: u32 = !MASK;

/// How many members match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Certainly.
    pub sure: usize,
    /// Perhaps: JavaScript has to check the rest of their criteria.
    pub in_doubt: usize,
}

impl Index {
    /// Writes the slots of the members that match, in the order of enrolment, and returns how many. [`IN_DOUBT`]
    /// marks those that JavaScript has to check. `namespace`: one, or all.
    ///
    /// # Errors
    /// `out` is shorter than the list of candidates, which may be longer than the answer; no such column.
    pub fn find(
        &self,
        namespace: Option<u32>,
        criteria: &Criteria,
        out: &mut [u32],
    ) -> Result<usize, Unanswered> {
        let plan = Plan::new(self, namespace, criteria)?;
        let out = out.get_mut(..plan.most()).ok_or(Unanswered::TooShort)?;
        let mut answer = Answer::new(out);
        plan.visit(|slot, matched| answer.push(slot, matched));
        let found = answer.len;
        if let (false, Some(found)) = (plan.is_in_order(), out.get_mut(..found)) {
            self.registry.sort(found);
        }
        Ok(found)
    }

    /// Counts what [`find`](Self::find) finds.
    ///
    /// # Errors
    /// No such column.
    pub fn count(&self, namespace: Option<u32>, criteria: &Criteria) -> Result<Count, Unanswered> {
        let plan = Plan::new(self, namespace, criteria)?;
        if let Some((sure, in_doubt)) = plan.known_counts() {
            return Ok(Count { sure, in_doubt });
        }
        let mut count = Count::default();
        plan.visit(|_, matched| match matched {
            Match::Yes => count.sure += 1,
            _ => count.in_doubt += 1,
        });
        Ok(count)
    }

    /// Writes which of these slots match, as positions in `slots`, and returns how many. [`IN_DOUBT`] marks those
    /// that JavaScript has to check, slots without a member included.
    ///
    /// # Errors
    /// `out` is shorter than `slots`; no such column.
    pub fn select(&self, criteria: &Criteria, slots: &[Slot], out: &mut [u32]) -> Result<usize, Unanswered> {
        let parts = parts(self, criteria)?;
        let mut answer = Answer::new(out.get_mut(..slots.len()).ok_or(Unanswered::TooShort)?);
        let slots = (0..).zip(slots.iter().copied());
        match parts.as_slice() {
            [] => slots.for_each(|(position, slot)| {
                let is_there = self.registry.contains(slot);
                answer.push(position, if is_there { Match::Yes } else { Match::InDoubt });
            }),
            // Most queries name one column: 1.4 ns per slot, where the loop over parts takes 3.
            [part] => slots.for_each(|(position, slot)| answer.push(position, part.judge(slot))),
            parts => {
                slots.for_each(|(position, slot)| answer.push(position, judge(parts, slot, Match::Yes)));
            }
        }
        Ok(answer.len)
    }
}

/// An answer while it is written.
struct Answer<'o> {
    out: &'o mut [u32],
    len: usize,
}

impl<'o> Answer<'o> {
    fn new(out: &'o mut [u32]) -> Self {
        Self { out, len: 0 }
    }

    /// Adds a slot or a position, unless it does not match.
    fn push(&mut self, number: u32, matched: Match) {
        // Always written, and kept only if it matches. A branch would be mispredicted where few match.
        if let Some(place) = self.out.get_mut(self.len) {
            *place = if matched == Match::InDoubt { number | IN_DOUBT } else { number };
            self.len += usize::from(matched != Match::No);
        }
    }
}
