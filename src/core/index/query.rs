//! The answers: who matches, how many, which of a list.

use super::{
    criteria::Criteria,
    inverted_index::Index,
    plan::{Match, Plan, Unanswered, judge, parts},
    slots::{MASK, Slot},
};

/// Set in an answer beside the slot or the position of whoever JavaScript has to be asked about.
pub const IN_DOUBT: u32 = !MASK;

/// How many match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// For sure.
    pub sure: usize,
    /// If JavaScript, asked about the rest of their criteria, says so.
    pub in_doubt: usize,
}

impl Index {
    /// Writes the slots of members that match, in the order of enrolment, and returns how many; with [`IN_DOUBT`]
    /// those about whom JavaScript has to be asked. Of one namespace, or of all.
    ///
    /// # Errors
    /// `out` is shorter than the list of candidates (who may be more than those who match); no such column.
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

    /// How many [`find`](Self::find) would find.
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

    /// Writes which of these slots match, as positions in `slots`, and returns how many; with [`IN_DOUBT`] where
    /// JavaScript has to be asked, which is so for a slot without a member as well.
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
            // Most questions are about one column: 1.4 ns a slot, where the loop over parts takes 3.
            [part] => slots.for_each(|(position, slot)| answer.push(position, part.judge(slot))),
            parts => {
                slots.for_each(|(position, slot)| answer.push(position, judge(parts, slot, Match::Yes)));
            }
        }
        Ok(answer.len)
    }
}

/// An answer being written.
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
        // Written in any case and kept if it matches: no branch to be foretold wrongly where few match.
        if let Some(place) = self.out.get_mut(self.len) {
            *place = if matched == Match::InDoubt { number | IN_DOUBT } else { number };
            self.len += usize::from(matched != Match::No);
        }
    }
}
