//! The index against the obvious one, through thousands of changes and questions, the order of answers included.

#![allow(
    clippy::float_cmp,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    missing_docs,
    reason = "a panic is how a test fails, and `===` compares strictly; clippy's own exception does not reach helpers"
)]

mod model;
mod pair;
mod random;
mod steps;

use model::{Js, Member, Wanted, primitives};
use pair::{Pair, criteria};
use passport_socketio_native::core::index::{Criteria, Index, Unanswered};
use random::{Random, odd_values};

#[test]
fn few_members_with_much_in_common() {
    (0..20).for_each(|seed| steps::run(&mut seeded(seed), 2_000, 12, 3));
}

#[test]
fn many_members_some_values() {
    (100..104).for_each(|seed| steps::run(&mut seeded(seed), 4_000, 300, 20));
}

#[test]
fn many_members_many_values() {
    (200..204).for_each(|seed| steps::run(&mut seeded(seed), 4_000, 300, 100_000));
}

/// The generator called `SplitMix64`: every seed is a good one.
fn seeded(mut seed: u64) -> Random {
    Random::new(move || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap()
    })
}

#[test]
fn every_odd_value_equals_itself_and_no_other() {
    let mut pair = Pair::with_one_column();
    for value in odd_values() {
        pair.enrol(0, 0, vec![value]);
    }
    for value in odd_values() {
        pair.check(None, &vec![(0, vec![value])], &[]);
    }
    pair.check(None, &vec![(0, odd_values())], &[]);
    pair.check_distinct(0, 0);
}

#[test]
fn words_of_zero_at_the_end_of_a_bigint_do_not_count() {
    let mut pair = Pair::with_one_column();
    pair.enrol(0, 0, vec![Js::BigInt(true, vec![5])]);
    pair.enrol(0, 0, vec![Js::BigInt(false, vec![])]);
    let find = |value: Js| pair.find(None, &criteria(&vec![(0, vec![value])]));
    assert_eq!(find(Js::BigInt(true, vec![5, 0, 0])), [(0, Some(true))]);
    assert_eq!(find(Js::BigInt(true, vec![0])), [(1, Some(true))]);
}

#[test]
fn a_string_of_a_million_characters_is_a_value_like_any() {
    let long = |last: &str| Js::string(&("x".repeat(1_000_000) + last));
    let mut pair = Pair::with_one_column();
    for value in [long("a"), long("b"), long("Ļ"), Js::string("x")] {
        pair.enrol(0, 0, vec![value]);
    }
    for value in [long("a"), long("b"), long("Ļ"), long("c")] {
        pair.check(None, &vec![(0, vec![value])], &[0, 1, 2, 3]);
    }
    (0..4).for_each(|_| pair.leave(0));
    pair.check_distinct(0, 0);
}

#[test]
fn a_hundred_thousand_come_and_go() {
    let mut pair = Pair::default();
    pair.add_column();
    pair.add_column();
    pair.add_group(vec![0, 1]);
    let roles = ["admin", "mod", "user", "user", "user", "user", "user", "user", "user", "guest"];
    let mut random = seeded(1);
    for number in 0..100_000_u32 {
        let values = vec![Js::Number(f64::from(number)), Js::string(roles[random.below(roles.len())])];
        // Not `Pair::enrol`: that looks through all members.
        let slot = pair.index.enrol(0, number % 2, &primitives(&values)).unwrap();
        pair.model.members.push(Member { slot, namespace: number % 2, group: 0, values });
    }
    check_roles(&pair);
    (0..100).for_each(|_| pair.update(random.below(100_000), 0, vec![Js::Number(-1.0), Js::string("admin")]));
    check_roles(&pair);
    for (place, member) in std::mem::take(&mut pair.model.members).into_iter().enumerate() {
        if place % 100 == 0 {
            pair.model.members.push(member);
        } else {
            pair.index.leave(member.slot);
        }
    }
    check_roles(&pair);
    pair.check_distinct(1, 0);
}

fn check_roles(pair: &Pair) {
    let (admin, some) = (Js::string("admin"), (0..100).map(|number| Js::Number(f64::from(number))));
    let questions: [Wanted; 4] = [
        vec![(0, vec![Js::Number(77_777.0)])],
        vec![(1, vec![admin.clone()])],
        vec![(1, vec![admin, Js::string("mod"), Js::string("nobody")])],
        vec![(1, vec![Js::string("user")]), (0, some.collect())],
    ];
    for wanted in &questions {
        pair.check(None, wanted, &[]);
        pair.check(Some(1), wanted, &[0, 99_999, 500]);
    }
}

#[test]
fn too_little_room_and_no_such_column_leave_the_answer_untouched() {
    let mut pair = Pair::with_one_column();
    (0..3).for_each(|_| pair.enrol(0, 0, vec![Js::Null]));
    let (null, no_column) = (criteria(&vec![(0, vec![Js::Null])]), criteria(&vec![(1, vec![Js::Null])]));
    let mut out = [7; 2];
    assert_eq!(pair.index.find(None, &null, &mut out), Err(Unanswered::TooShort));
    assert_eq!(pair.index.find(None, &Criteria::default(), &mut out), Err(Unanswered::TooShort));
    assert_eq!(pair.index.select(&null, &[0; 3], &mut out), Err(Unanswered::TooShort));
    assert_eq!(pair.index.find(None, &no_column, &mut out), Err(Unanswered::NoSuchColumn));
    assert_eq!(pair.index.count(None, &no_column), Err(Unanswered::NoSuchColumn));
    assert_eq!(pair.index.select(&no_column, &[0], &mut out), Err(Unanswered::NoSuchColumn));
    assert_eq!(pair.index.find(Some(1), &null, &mut out), Ok(0));
    assert_eq!(out, [7; 2]);
}

#[test]
fn what_does_not_exist_is_refused_or_ignored() {
    let mut index = Index::default();
    assert_eq!(index.add_column(), 0);
    assert_eq!(index.add_group(&[1]), None);
    assert_eq!(index.add_group(&[0, 0]), None);
    assert_eq!(index.add_group(&[0]), Some(0));
    let nothing = primitives(&[]);
    assert_eq!(index.enrol(1, 0, &nothing), None);
    assert_eq!(index.enrol(0, u32::MAX, &nothing), None);
    index.leave(0);
    index.update(u32::MAX, 0, &nothing);
    assert!(index.is_empty());
    assert_eq!(index.distinct(0, 1).len() + index.distinct(1, 0).len(), 0);
}
