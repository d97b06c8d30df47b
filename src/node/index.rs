//! Connected sockets by their users' properties: the index of one environment.

use std::rc::Rc;

use napi::{
    Env, Status,
    bindgen_prelude::{Array, JsObjectValue, Object, Uint32Array, Unknown},
};
use napi_derive::napi;

use super::index_state::{self, SharedIndex};
use crate::{
    core::index::{IN_DOUBT, Index, MAX_GROUPS},
    node::raw::{
        index::{
            NO_ANSWER, NO_SLOT, TOO_SHORT, counter_function, enroller_function, finder_function,
            leaver_function, selector_function, updater_function,
        },
        values,
    },
};

/// The numbers that a [`SocketIndex`] answers with.
#[napi(object, object_from_js = false)]
pub struct IndexLayout {
    /// In place of a slot: the socket was not enrolled.
    pub no_slot: u32,
    /// In place of a length: the array for the answer is too short.
    pub too_short: i32,
    /// In place of a length: there is no answer.
    pub no_answer: i32,
    /// Bit beside a slot or a position: the index does not know the whole answer, so the user has to be looked at.
    pub in_doubt: u32,
    /// How many groups there can be.
    pub max_groups: u32,
}

/// The numbers that a `SocketIndex` answers with, the same for all.
#[napi(catch_unwind)]
#[must_use]
pub fn index_layout() -> IndexLayout {
    IndexLayout {
        no_slot: NO_SLOT,
        too_short: TOO_SHORT,
        no_answer: NO_ANSWER,
        in_doubt: IN_DOUBT,
        max_groups: MAX_GROUPS,
    }
}

/// Finds connected sockets by the properties of their users. A member is a socket in a namespace, known by its slot.
/// A column is a property.
///
/// Values are primitives and compare as with `===`. A value that is absent, undefined, NaN, an object, a function or
/// a symbol equals no criterion. If a member's group does not index a column, a match is in doubt and JavaScript has
/// to check it, unless other criteria exclude the member.
///
/// Criteria are flat: column, count, value…, column, count, value… A member matches if it has, in each of these
/// columns, one of the values. Without criteria every member matches.
///
/// The functions that answer return a length, or one of two numbers of `indexLayout()`: `tooShort` if the array for
/// the answer is too short (nothing is written; as many places as there are members, or slots in the list, are
/// enough), `noAnswer` if a column does not exist, if there are fewer values than counted, or if a bug has broken the
/// index, which then answers no more.
#[napi]
#[derive(Default)]
pub struct SocketIndex {
    shared: Rc<SharedIndex>,
}

#[napi]
impl SocketIndex {
    /// An empty index.
    #[napi(constructor, catch_unwind)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a property and returns its number: 0, 1, 2, … Members that are already there are in doubt about it.
    ///
    /// # Errors
    /// The index is broken.
    #[napi(catch_unwind)]
    pub fn add_column(&self) -> napi::Result<u32> {
        self.shared.with(|state| state.index.add_column()).ok_or_else(broken)
    }

    /// Adds a group, which belongs to one authorizer, and returns its number. Its members have values for these
    /// columns, in this order.
    ///
    /// # Errors
    /// A column does not exist or is named twice; there are `maxGroups` groups; the index is broken.
    #[napi(catch_unwind)]
    #[allow(clippy::needless_pass_by_value, reason = "napi passes arguments by value")]
    pub fn add_group(&self, columns: Vec<u32>) -> napi::Result<u32> {
        self.shared.with(|state| state.index.add_group(&columns)).ok_or_else(broken)?.ok_or_else(|| {
            let reason = format!("columns must exist, each once, and there are at most {MAX_GROUPS} groups");
            napi::Error::new(Status::InvalidArg, reason)
        })
    }

    /// Makes `enrol(group, namespace, ...values)`, which returns the slot of a new member. Missing values count as
    /// undefined. Namespaces are numbered from 0. Returns `noSlot` if there is no such group, if the namespace's
    /// number is not below 2^20, or if the index is broken.
    ///
    /// # Errors
    /// The engine is out of memory.
    #[napi(
        catch_unwind,
        ts_return_type = "(group: number, namespace: number, ...values: Array<unknown>) => number"
    )]
    pub fn enroller(&self, env: &Env) -> napi::Result<Unknown<'static>> {
        enroller_function(env.raw(), Rc::clone(&self.shared))
    }

    /// Makes `update(slot, group, ...values)`, which replaces a member's group and all of its values. The member
    /// keeps its place in the order of enrolment. Does nothing if there is no such member or no such group.
    ///
    /// # Errors
    /// The engine is out of memory.
    #[napi(catch_unwind, ts_return_type = "(slot: number, group: number, ...values: Array<unknown>) => void")]
    pub fn updater(&self, env: &Env) -> napi::Result<Unknown<'static>> {
        updater_function(env.raw(), Rc::clone(&self.shared))
    }

    /// Makes `leave(slot)`, which removes a member. The slot is used again. Does nothing if there is no such member.
    ///
    /// # Errors
    /// The engine is out of memory.
    #[napi(catch_unwind, ts_return_type = "(slot: number) => void")]
    pub fn leaver(&self, env: &Env) -> napi::Result<Unknown<'static>> {
        leaver_function(env.raw(), Rc::clone(&self.shared))
    }

    /// Sets the array that answers are written to. It must not be moved, resized or shared with a thread.
    ///
    /// # Errors
    /// It shares memory with the list.
    #[napi(catch_unwind)]
    pub fn set_out(&self, out: Uint32Array) -> napi::Result<()> {
        self.shared
            .with(|state| index_state::put(out, &mut state.out, state.list.as_ref()))
            .ok_or_else(broken)?
    }

    /// Sets the array of slots that `select` selects from. As for `setOut`.
    ///
    /// # Errors
    /// It shares memory with the array for answers.
    #[napi(catch_unwind)]
    pub fn set_list(&self, list: Uint32Array) -> napi::Result<()> {
        self.shared
            .with(|state| index_state::put(list, &mut state.list, state.out.as_ref()))
            .ok_or_else(broken)?
    }

    /// Makes `find(namespace, ...criteria)`, which writes the slots of the members that match, in the order of
    /// enrolment, and returns how many. `inDoubt` marks those that JavaScript has to check. Namespace -1 stands for
    /// all.
    ///
    /// # Errors
    /// The engine is out of memory.
    #[napi(catch_unwind, ts_return_type = "(namespace: number, ...criteria: Array<unknown>) => number")]
    pub fn finder(&self, env: &Env) -> napi::Result<Unknown<'static>> {
        finder_function(env.raw(), Rc::clone(&self.shared))
    }

    /// Makes `count(namespace, ...criteria)`, which returns how many members certainly match, and writes to the first
    /// place how many more are in doubt.
    ///
    /// # Errors
    /// The engine is out of memory.
    #[napi(catch_unwind, ts_return_type = "(namespace: number, ...criteria: Array<unknown>) => number")]
    pub fn counter(&self, env: &Env) -> napi::Result<Unknown<'static>> {
        counter_function(env.raw(), Rc::clone(&self.shared))
    }

    /// Makes `select(n, ...criteria)`, which reads the first n slots of the list, writes the positions of those that
    /// match, and returns how many. `inDoubt` marks those that JavaScript has to check, slots without a member
    /// included.
    ///
    /// # Errors
    /// The engine is out of memory.
    #[napi(catch_unwind, ts_return_type = "(n: number, ...criteria: Array<unknown>) => number")]
    pub fn selector(&self, env: &Env) -> napi::Result<Unknown<'static>> {
        selector_function(env.raw(), Rc::clone(&self.shared))
    }

    /// The distinct values of a group's members in a column, and how many members have each. The value whose member
    /// enrolled first comes first. Values that equal no criterion are left out.
    ///
    /// # Errors
    /// The engine is out of memory; the index is broken.
    #[napi(
        catch_unwind,
        ts_return_type = "{ values: Array<string | number | boolean | bigint | null>, counts: Array<number> }"
    )]
    pub fn values<'env>(&self, env: &'env Env, column: u32, group: u32) -> napi::Result<Object<'env>> {
        self.shared.with(|state| list(env, &state.index, column, group)).ok_or_else(broken)?
    }

    /// How many members there are.
    #[napi(getter, catch_unwind)]
    #[must_use]
    pub fn size(&self) -> u32 {
        self.shared.with(|state| u32::try_from(state.index.len()).unwrap_or(u32::MAX)).unwrap_or_default()
    }
}

fn broken() -> napi::Error {
    napi::Error::new(Status::GenericFailure, "the index is broken: this is a bug of passport-socketio-native")
}

fn list<'env>(env: &'env Env, index: &Index, column: u32, group: u32) -> napi::Result<Object<'env>> {
    let distinct = index.distinct(column, group);
    let length = u32::try_from(distinct.len()).unwrap_or(u32::MAX);
    let (mut values, mut counts): (Array<'_>, Array<'_>) =
        (env.create_array(length)?, env.create_array(length)?);
    for (place, (value, count)) in (0..).zip(distinct) {
        values.set(place, values::make(env.raw(), value)?)?;
        counts.set(place, u32::try_from(count).unwrap_or(u32::MAX))?;
    }
    let mut object = Object::new(env)?;
    object.set_named_property("values", values)?;
    object.set_named_property("counts", counts)?;
    Ok(object)
}
