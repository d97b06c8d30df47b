//! Slots that move from one master to another.

use super::{many_keys, open};
use crate::{
    load::{Client, faults, is_own},
    support::test_cluster::TestCluster,
};

#[test]
fn cluster_resharding() {
    let mut cluster = TestCluster::start(3, false, &[]);
    let keys = many_keys(3_000);
    cluster.fill(&keys);
    let client = open(&[cluster.node(0).port()]);
    all_right(&client, &keys);
    slots_that_have_moved(&cluster, &client, &keys);
    let new = cluster.add(&[]);
    slots_on_the_move(&cluster, new, &client, &keys);
    many_slots_under_load(&cluster, &client, &keys);
    assert_eq!(client.source().reconnects(), 0);
}

fn slots_that_have_moved(cluster: &TestCluster, client: &Client, keys: &[String]) {
    let slots: Vec<_> = cluster.first_slots(0).take(200).collect();
    cluster.move_slots(&slots, 0, 1);
    all_right(client, keys);
}

/// Some keys of the slots are still here, some have gone ahead to a node that serves no slot yet: ASK, a hundred at once.
fn slots_on_the_move(cluster: &TestCluster, to: usize, client: &Client, keys: &[String]) {
    let slots: Vec<_> = cluster.first_slots(1).take(400).collect();
    cluster.begin_to_move(&slots, 1, to);
    let moving = cluster.keys_in(1, &slots);
    assert!(moving.len() > 20);
    cluster.migrate(&moving[..moving.len() / 2], 1, to);
    let asked: Vec<_> = moving.iter().map(|key| String::from_utf8(key.clone()).unwrap()).collect();
    let load = client.load(&asked, 100);
    let tally = load.until_right(20_000);
    load.end();
    assert_eq!((tally.wrong, tally.failed), (0, 0), "{:?}", tally.faults);
    assert!(cluster.node(1).info("errorstats").contains("errorstat_ASK"));
    all_right(client, keys);
    cluster.migrate(&moving[moving.len() / 2..], 1, to);
    cluster.end_move(&slots, 1, to);
    all_right(client, keys);
}

fn many_slots_under_load(cluster: &TestCluster, client: &Client, keys: &[String]) {
    let slots: Vec<_> = cluster.first_slots(0).skip(200).take(500).collect();
    let load = client.load(keys, 6);
    for slots in slots.chunks(10) {
        cluster.move_slots(slots, 0, 2);
    }
    let during = load.until_right(1);
    let after = load.until_right(5_000);
    load.end();
    assert_eq!((during.wrong, during.failed), (0, 0), "{:?}", during.faults);
    assert_eq!((after.wrong, after.failed), (0, 0), "{:?}", after.faults);
    assert!(during.right > 1_000, "{}", during.right);
    all_right(client, keys);
}

fn all_right(client: &Client, keys: &[String]) {
    let answers = client.fetch(keys);
    assert_eq!(faults(&answers), [""; 0]);
    assert!(answers.iter().zip(keys).all(|(answer, key)| is_own(answer, key)));
}
