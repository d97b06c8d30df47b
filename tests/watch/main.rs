//! Watched sessions against a plain model: thousands of steps in which sessions change, messages and replies cross, and
//! connections are lost. After the dust has settled exactly the watchers are left whose session lives.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a panic is how a test fails; clippy's own exception does not reach helpers of integration tests"
)]

mod random;
mod server;
mod world;

use world::{Course, World};

#[test]
fn a_server_that_tells_of_changes() {
    (0..20).for_each(|seed| World::run(seed, 2_000, &Course { is_tracking: true, is_reliable: true }));
}

#[test]
fn a_server_that_tells_of_changes_and_is_often_out_of_reach() {
    (1_000..1_020)
        .for_each(|seed| World::run(seed, 2_000, &Course { is_tracking: true, is_reliable: false }));
}

#[test]
fn a_server_that_tells_of_nothing() {
    (2_000..2_015)
        .for_each(|seed| World::run(seed, 2_000, &Course { is_tracking: false, is_reliable: false }));
}
