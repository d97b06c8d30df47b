#![no_main]
//! The index against its model: the bytes choose what happens. `cargo +nightly fuzz run index`

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/index/model.rs"]
mod model;
#[path = "../../tests/index/pair.rs"]
mod pair;
#[path = "../../tests/index/random.rs"]
mod random;
#[path = "../../tests/index/steps.rs"]
mod steps;

fuzz_target!(|input: Vec<u8>| {
    let steps = input.len() / 2;
    let mut bytes = input.into_iter();
    let mut random = random::Random::new(move || bytes.next().map_or(0, usize::from));
    steps::run(&mut random, steps, 60, 200);
});
