//! Sockets of users. A table of values has random keys for its hashes, and which values collide differs from run to run. So
//! there are several, which have their turns: then the mean is the same.

use std::hint::black_box;

use passport_socketio_native::core::index::{Criteria, Index, primitive::Primitives};

use crate::{Case, Run};

pub const CASES: &[(&str, Case)] = &[
    ("index-find-user", find_user),
    ("index-find-role-and-team", find_role_and_team),
    ("index-count-role", count_role),
    ("index-enrol-and-leave", enrol_and_leave),
];

const INDEXES: usize = 128;
const MEMBERS: u32 = 100;
const ROLES: [&str; 5] = ["user", "mod", "admin", "guest", "owner"];
const TEAMS: u32 = 50;
const ID: u32 = 0;
const ROLE: u32 = 1;
const TEAM: u32 = 2;

fn find_user() -> Run {
    let id = units(&id(70));
    asking(move |criteria| criteria.column(ID, |want| want.push_string(&id)), 1)
}

fn find_role_and_team() -> Run {
    let role = units(ROLES[3]);
    asking(
        move |criteria| {
            criteria.column(ROLE, |want| want.push_string(&role));
            criteria.column(TEAM, |want| want.push_number(8.0));
        },
        2,
    )
}

fn asking(ask: impl Fn(&mut Criteria) + 'static, expected: usize) -> Run {
    let indexes = indexes();
    let mut criteria = Criteria::default();
    let mut out = vec![0; MEMBERS as usize];
    Box::new(move |calls| {
        for index in indexes.iter().cycle().take(calls) {
            criteria.clear();
            ask(&mut criteria);
            assert_eq!(index.find(Some(0), black_box(&criteria), &mut out).ok(), Some(expected));
        }
    })
}

fn count_role() -> Run {
    let indexes = indexes();
    let role = units(ROLES[1]);
    let mut criteria = Criteria::default();
    Box::new(move |calls| {
        for index in indexes.iter().cycle().take(calls) {
            criteria.clear();
            criteria.column(ROLE, |want| want.push_string(&role));
            assert_eq!(index.count(Some(0), black_box(&criteria)).unwrap().sure, 20);
        }
    })
}

fn enrol_and_leave() -> Run {
    let mut indexes = indexes();
    let (id, role) = (units(&id(MEMBERS)), units(ROLES[0]));
    let mut values = Primitives::default();
    Box::new(move |calls| {
        for call in 0..calls {
            let index = &mut indexes[call % INDEXES];
            values.clear();
            values.push_string(&id);
            values.push_string(&role);
            values.push_number(0.0);
            let slot = index.enrol(0, 0, black_box(&values)).unwrap();
            index.leave(slot);
        }
    })
}

fn indexes() -> Vec<Index> {
    (0..INDEXES).map(|_| full()).collect()
}

fn full() -> Index {
    let mut index = Index::default();
    assert_eq!([(); 3].map(|()| index.add_column()), [ID, ROLE, TEAM]);
    index.add_group(&[ID, ROLE, TEAM]).unwrap();
    let mut values = Primitives::default();
    for number in 0..MEMBERS {
        values.clear();
        values.push_string(&units(&id(number)));
        values.push_string(&units(ROLES[number as usize % ROLES.len()]));
        values.push_number(f64::from(number % TEAMS));
        index.enrol(0, 0, &values).unwrap();
    }
    index
}

/// An id as in `MongoDB`.
fn id(number: u32) -> String {
    format!("65f0c1a2b3d4e5f6{number:08x}")
}

/// As JavaScript gives it.
fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}
