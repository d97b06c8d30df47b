//! What the functions of a `SocketIndex` share.

use std::cell::RefCell;

use napi::{Status, bindgen_prelude::Uint32Array};

use crate::{
    core::index::{Criteria, Index, primitive::Primitives},
    node::raw::values::Reader,
};

/// The state of one `SocketIndex`. Lives on the JS thread.
#[derive(Default)]
pub struct SharedIndex(RefCell<IndexState>);

/// The index, and what its functions read from and write to.
#[derive(Default)]
pub(super) struct IndexState {
    pub(super) index: Index,
    pub(super) reader: Reader,
    /// The values of the member that is enrolled or updated.
    pub(super) values: Primitives,
    /// The criteria of the query.
    pub(super) criteria: Criteria,
    /// Where answers are written.
    pub(super) out: Option<Uint32Array>,
    /// The slots that `select` selects from.
    pub(super) list: Option<Uint32Array>,
    /// A panic has left the index half changed. From then on it neither changes nor answers.
    is_broken: bool,
}

impl SharedIndex {
    /// Runs `work` on the index, unless the index is broken.
    pub(super) fn with<R>(&self, work: impl FnOnce(&mut IndexState) -> R) -> Option<R> {
        let mut state = self.0.try_borrow_mut().ok().filter(|state| !state.is_broken)?;
        // Reset below. A panic does not get there.
        state.is_broken = true;
        let result = work(&mut state);
        state.is_broken = false;
        Some(result)
    }
}

/// Sets an array, unless it overlaps with the other: one is read while the other is written.
pub(super) fn put(
    array: Uint32Array,
    place: &mut Option<Uint32Array>,
    other: Option<&Uint32Array>,
) -> napi::Result<()> {
    let mine = array.as_ptr_range();
    if other
        .map(|other| other.as_ptr_range())
        .is_some_and(|other| mine.start < other.end && other.start < mine.end)
    {
        return Err(napi::Error::new(Status::InvalidArg, "the list and the array for answers share memory"));
    }
    *place = Some(array);
    Ok(())
}
