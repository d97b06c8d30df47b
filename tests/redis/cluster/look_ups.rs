//! Look-ups in a cluster that is in order. One cluster serves them all.

use std::time::Duration;

use passport_socketio_native::{
    pipeline::{Fault, Keys, ReadResult, SessionSource},
    redis::TargetOptions,
};

use super::{many_keys, open, options};
use crate::{
    load::{Client, Random, eventually, faults, fetch, is_own},
    support::{
        test_cluster::TestCluster,
        test_redis::{TestRedis, free_port},
    },
};

#[test]
fn cluster_look_ups() {
    let cluster = TestCluster::start(3, false, &[]);
    a_batch_across_all_slots(&cluster);
    slots_are_reckoned_as_the_server_does(&cluster);
    a_seed_that_is_dead_or_hangs(&cluster);
    logging_in(&cluster);
    each_fetch_may_be_dropped(&cluster);
    closing_at_any_moment(&cluster);
    a_runtime_that_ends_first(&cluster);
}

fn a_batch_across_all_slots(cluster: &TestCluster) {
    let keys = many_keys(1_000);
    cluster.fill(&keys);
    let client = open(&[cluster.node(0).port()]);
    for count in [1, 2, 63, 64, 65, 1_000] {
        let answers = client.fetch(&keys[..count]);
        assert!(answers.iter().zip(&keys).all(|(answer, key)| is_own(answer, key)), "{count} keys");
    }
    assert!(client.fetch(&[]).is_empty());
    let mixed = ["sess:1", "sess:none", "sess:1", "sess:2"].map(str::to_owned);
    let answers = client.fetch(&mixed);
    assert!(
        is_own(&answers[0], &mixed[0]) && is_own(&answers[2], &mixed[2]) && is_own(&answers[3], &mixed[3])
    );
    assert_eq!(answers[1], Ok(None));

    let list = "sess:list".to_owned();
    let slot = cluster.slots_of(std::slice::from_ref(&list))[0];
    cluster.node(cluster.first_owner(slot)).run_line("LPUSH sess:list x");
    let mixed: Vec<_> = keys.iter().take(100).cloned().chain([list]).collect();
    let answers = client.fetch(&mixed);
    assert!(answers.iter().zip(&keys).take(100).all(|(answer, key)| is_own(answer, key)));
    assert!(faults(&answers[100..])[0].starts_with("WRONGTYPE "), "{:?}", answers[100]);
    assert_eq!(client.source().reconnects(), 0);
}

/// A key that is sent to the wrong node is answered by MOVED, which every node counts.
fn slots_are_reckoned_as_the_server_does(cluster: &TestCluster) {
    let client = open(&[cluster.node(1).port()]);
    // Their connections are there, and the probes were sent.
    client.fetch(&many_keys(100));
    let before = moved(cluster);
    let mut random = Random(7);
    let mut keys = Keys::default();
    for _ in 0..3_000 {
        let id: Vec<u8> = (0..random.below(20)).map(|_| b"{}{}ab\x00\xff:"[random.below(9)]).collect();
        keys.push(b"", &id);
    }
    let mut found = 0;
    client.block_on(client.source().fetch(&keys, |chunk, values| found += values.map_or(0, |_| chunk.len())));
    assert_eq!(found, 3_000);
    assert_eq!(moved(cluster), before);
    // The count is not blind.
    let foreign = many_keys(100).into_iter().zip(cluster.slots_of(&many_keys(100)));
    let foreign = foreign.filter(|(_, slot)| cluster.first_owner(*slot) != 0).map(|(key, _)| key).next();
    assert!(redis::cmd("GET").arg(foreign).exec(&mut cluster.node(0).admin()).is_err());
    assert_eq!(moved(cluster), before + 1);
}

fn moved(cluster: &TestCluster) -> u64 {
    let count = |node: &TestRedis| -> Option<u64> {
        node.info("errorstats")
            .lines()
            .find_map(|line| line.strip_prefix("errorstat_MOVED:count="))?
            .trim()
            .parse()
            .ok()
    };
    cluster.nodes().iter().map(|node| count(node).unwrap_or(0)).sum()
}

fn a_seed_that_is_dead_or_hangs(cluster: &TestCluster) {
    let keys = many_keys(100);
    let dead = open(&[free_port(), cluster.node(2).port()]);
    assert_eq!(faults(&dead.fetch(&keys)), [""; 0]);

    let hung = TestRedis::start();
    hung.hang();
    let hung_first = open(&[hung.port(), cluster.node(1).port()]);
    assert_eq!(faults(&hung_first.fetch(&keys)), [""; 0]);
}

fn logging_in(cluster: &TestCluster) {
    for node in cluster.nodes() {
        node.run_line("ACL SETUSER alice on >pw ~sess:* +get +cluster|slots");
        node.run_line("ACL SETUSER narrow on >pw ~sess:* +get");
    }
    let login = |user: &str, password: &str| {
        let (username, password) = (Some(user.to_owned()), Some(password.to_owned()));
        let client =
            Client::open(&TargetOptions { username, password, ..options(&[cluster.node(0).port()]) });
        faults(&client.fetch(&many_keys(100)))
    };
    // She may not PING, ask for ROLE or look at CLUSTER INFO, which is not needed.
    assert_eq!(login("alice", "pw"), [""; 0]);
    let refused = login("alice", "no");
    assert!(refused[0].contains("WRONGPASS ") && refused.len() == 100, "{}", refused[0]);
    let refused = login("narrow", "pw");
    assert!(refused[0].contains("NOPERM ") && refused[0].contains("cluster|slots"), "{}", refused[0]);
}

/// Every key is answered, by its value or by "closed", and no connection is left behind.
fn closing_at_any_moment(cluster: &TestCluster) {
    let keys = many_keys(300);
    let mut random = Random(11);
    for _ in 0..60 {
        let client = open(&[cluster.node(0).port()]);
        let moment = Duration::from_micros(u64::try_from(random.below(12_000)).unwrap());
        let answers = client.block_on(async {
            let closing = async {
                tokio::time::sleep(moment).await;
                client.source().close();
            };
            tokio::join!(fetch(client.source(), &keys), closing).0
        });
        let is_fine =
            |(answer, key): (&ReadResult, &String)| is_own(answer, key) || *answer == Err(Fault::Closed);
        assert!(answers.iter().zip(&keys).all(is_fine), "{:?}", faults(&answers));
        assert_eq!(client.get("sess:1"), Err(Fault::Closed));
    }
    eventually("no connection is left", || connections(cluster) == 0);
    let client = open(&[cluster.node(0).port()]);
    assert_eq!(faults(&client.fetch(&keys)), [""; 0]);
    assert_eq!(connections(cluster), 3);
    client.forget_source();
    eventually("the last handle closes", || connections(cluster) == 0);
}

/// As when a worker thread of Node ends.
fn a_runtime_that_ends_first(cluster: &TestCluster) {
    let keys = many_keys(300);
    let client = open(&[cluster.node(0).port()]);
    let load = client.load(&keys, 4);
    load.until_right(100);
    client.end_runtime();
    eventually("its connections are closed", || connections(cluster) == 0);
    client.source().close();
    assert_eq!(client.source().reconnects(), 0);
}

/// Over TCP: those of the tests come through the Unix sockets.
fn connections(cluster: &TestCluster) -> usize {
    let clients =
        |node: &TestRedis| -> String { redis::from_redis_value(node.run_line("CLIENT LIST")).unwrap() };
    cluster
        .nodes()
        .iter()
        .map(|node| clients(node).lines().filter(|line| line.contains(" addr=127.0.0.1:")).count())
        .sum()
}

fn each_fetch_may_be_dropped(cluster: &TestCluster) {
    let keys = many_keys(300);
    let client = open(&[cluster.node(0).port()]);
    let load = client.load(&keys, 6);
    let tally = load.until_right(20_000);
    load.end();
    assert_eq!((tally.wrong, tally.failed), (0, 0), "{:?}", tally.faults);
    assert!(tally.dropped > 0);
    assert_eq!(client.source().reconnects(), 0);
}
