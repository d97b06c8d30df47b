//! What a call of the core's hot functions costs, in numbers that do not depend on how fast a machine is. `scripts/cost.js`
//! runs this and compares with the numbers in `baseline.json`.
//!
//! - `cost allocations`: a line for each case, `<name> <allocations a call> <bytes a call>`.
//! - `cost run <name> <calls>`: only does them, for valgrind to count the instructions. The difference between two numbers
//!   of calls leaves out what is done once.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what cannot be measured ends the program"
)]

mod allocations;
mod credentials;
mod index;
mod pipeline;
mod sessions;
mod watch;

use std::{collections::BTreeMap, env};

/// Does one call after the other, so many.
type Run = Box<dyn FnMut(usize)>;

/// Prepares a case.
type Case = fn() -> Run;

/// Tables and buffers have grown to their size after so many calls.
const WARM_UP: usize = 256;
/// A mean over these leaves room for what is done at some calls only.
const CALLS: usize = 1024;

fn main() {
    let cases: BTreeMap<_, _> =
        [credentials::CASES, sessions::CASES, index::CASES, pipeline::CASES, watch::CASES]
            .into_iter()
            .flatten()
            .copied()
            .collect();
    let args: Vec<_> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["allocations"] => cases.iter().for_each(|(name, case)| count(name, *case)),
        ["run", name, calls] => cases[name]()(calls.parse().unwrap()),
        _ => panic!("cost allocations | cost run NAME CALLS"),
    }
}

fn count(name: &str, case: Case) {
    let mut run = case();
    run(WARM_UP);
    let (times, bytes) = allocations::during(|| run(CALLS));
    println!("{name} {} {}", per_call(times), per_call(bytes));
}

fn per_call(count: usize) -> String {
    let thousandths = (count * 1000).div_ceil(CALLS);
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}
