//! Masters that are replaced by their replicas. One cluster serves them all, each of its masters once.

use std::time::{Duration, Instant};

use super::{many_keys, open};
use crate::{
    load::{Client, faults},
    support::test_cluster::TestCluster,
};

#[test]
fn cluster_failover() {
    let mut cluster = TestCluster::start(3, true, &["--cluster-require-full-coverage", "no"]);
    let keys = many_keys(600);
    cluster.fill(&keys);
    (0..3).for_each(|master| drop(cluster.node(master).run_line("WAIT 1 5000")));
    let client = open(&[cluster.node(1).port()]);
    assert_eq!(faults(&client.fetch(&keys)), [""; 0]);
    connections_that_are_killed(&cluster, &client, &keys);
    a_failover_that_is_ordered(&cluster, &client, &keys);
    a_master_that_hangs(&cluster, &client, &keys);
    a_master_that_is_killed(&mut cluster, &client, &keys);
}

fn connections_that_are_killed(cluster: &TestCluster, client: &Client, keys: &[String]) {
    // Old enough that their end is taken for an accident.
    std::thread::sleep(Duration::from_millis(1_200));
    let load = client.load(keys, 6);
    load.until_right(500);
    cluster.node(0).run_line("CLIENT KILL TYPE normal SKIPME yes");
    let tally = load.until_right(5_000);
    load.end();
    assert_eq!((tally.wrong, tally.failed), (0, 0), "{:?}", tally.faults);
    assert_eq!(client.source().reconnects(), 1);
}

fn a_failover_that_is_ordered(cluster: &TestCluster, client: &Client, keys: &[String]) {
    let load = client.load(keys, 6);
    load.until_right(500);
    cluster.node(3).run_line("CLUSTER FAILOVER");
    cluster.wait_until_master(3);
    let tally = load.until_right(10_000);
    load.end();
    assert_eq!((tally.wrong, tally.failed), (0, 0), "{:?}", tally.faults);
}

fn a_master_that_hangs(cluster: &TestCluster, client: &Client, keys: &[String]) {
    let (its, others) = cluster.split(keys, 2);
    let load = client.load(&others, 3);
    load.until_right(500);
    cluster.node(2).hang();
    let answers = client.fetch(&its);
    assert!(faults(&answers).iter().all(|text| text.contains("no answer")), "{:?}", faults(&answers));
    client.recovers(&its);
    let tally = load.until_right(1_000);
    load.end();
    assert_eq!((tally.wrong, tally.failed), (0, 0), "{:?}", tally.faults);
    cluster.node(2).resume();
    cluster.wait_until_ok();
}

/// The one master that was known beforehand.
fn a_master_that_is_killed(cluster: &mut TestCluster, client: &Client, keys: &[String]) {
    let (its, others) = cluster.split(keys, 1);
    let load = client.load(&others, 3);
    load.until_right(500);
    cluster.node_mut(1).kill();
    let start = Instant::now();
    let mut failed = 0;
    while let answers = client.fetch(&its)
        && let texts = faults(&answers)
        && !texts.is_empty()
    {
        let is_true =
            |text: &String| ["refused", "closed", "reset", "pipe"].iter().any(|word| text.contains(word));
        assert!(texts.iter().all(is_true), "{texts:?}");
        assert!(start.elapsed() < Duration::from_secs(20), "{texts:?}");
        failed += 1;
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(failed > 20, "each of them at once: {failed}");
    client.recovers(&its);
    let tally = load.until_right(1_000);
    load.end();
    assert_eq!((tally.wrong, tally.failed), (0, 0), "{:?}", tally.faults);
}
