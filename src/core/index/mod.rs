//! Which connected sockets belong to users with a given property: an inverted index, so that a query visits only the
//! sockets that match.
//!
//! ```text
//!  column "role"                            registry                1 2 3 …: order of enrolment
//!    dictionary        posting                slot  0  1  2  3
//!      "admin" ─► id 0 ─► 0 ⇄ 2               order 1  4  2  3      slot 1 was used before
//!      "mod"   ─► id 1 ─► 3 ⇄ 1               ns    0  0  1  0
//!    ids of slots 0… : 0 1 0 1
//! ```
//!
//! A member is one socket in one namespace, known by its slot. A column is one property. For each column a member has a
//! value (interned, so that values compare as numbers), [`OTHER`] or [`UNINDEXED`]. Members with the same value are linked
//! in the order in which they enrolled, which is the order of every answer.
//!
//! # Layout
//! - [`primitive`]: a JavaScript primitive as bytes that are equal where `===` says so; a buffer of them.
//! - `hex`: identifiers made of hexadecimal digits, at half their length.
//! - `value`: a stored primitive, in 16 bytes.
//! - `posting`: linked lists through arrays, one array per column.
//! - `dictionary`: value to id and posting.
//! - `column`: one property of all members.
//! - `slots`, `registry`: the members, their order of enrolment, their namespaces and groups.
//! - `inverted_index`: the [`Index`]: the registry and the columns, and how members change them.
//! - `criteria`, `plan`, `query`: what is asked, which members are visited, the answer.

mod column;
mod criteria;
mod dictionary;
mod hex;
mod inverted_index;
mod plan;
mod posting;
pub mod primitive;
mod query;
mod registry;
mod slots;
mod value;

pub use column::{OTHER, UNINDEXED};
pub use criteria::Criteria;
pub use inverted_index::Index;
pub use plan::Unanswered;
pub use query::{Count, IN_DOUBT};
pub use registry::MAX_GROUPS;
pub use slots::Slot;
