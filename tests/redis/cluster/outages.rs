//! Nodes that are gone, all at once or for good.

use std::{
    fs,
    thread::sleep,
    time::{Duration, Instant},
};

use passport_socketio_native::pipeline::Fault;

use super::{many_keys, open};
use crate::{
    load::{Client, eventually, faults, fetch},
    support::{test_cluster::TestCluster, test_redis::TestRedis},
};

/// What is left goes on.
const PARTIAL: [&str; 2] = ["--cluster-require-full-coverage", "no"];

#[test]
fn cluster_outages() {
    let mut cluster = TestCluster::start(3, false, &PARTIAL);
    let keys = many_keys(300);
    cluster.fill(&keys);
    let client = open(&[cluster.node(0).port()]);
    assert_eq!(faults(&client.fetch(&keys)), [""; 0]);
    all_nodes_down(&mut cluster, &client, &keys);
    a_node_that_has_forgotten_everything(&mut cluster, &client, &keys);
    a_node_that_is_replaced_at_another_port(&mut cluster, &client, &keys);
    closing_while_look_ups_wait(&cluster, &keys);
}

/// There is nobody to vote for its replica, so an operator puts that in its place. No seed tells of it: the old map does.
#[test]
fn cluster_of_one_master_that_is_lost() {
    let mut cluster = TestCluster::start(1, true, &[]);
    let keys = many_keys(50);
    cluster.fill(&keys);
    cluster.node(0).run_line("WAIT 1 5000");
    let client = open(&[cluster.node(0).port()]);
    assert_eq!(faults(&client.fetch(&keys)), [""; 0]);
    cluster.node_mut(0).kill();
    eventually("the loss is noticed", || faults(&client.fetch(&keys)).len() == keys.len());
    cluster.node(1).run_line("CLUSTER FAILOVER TAKEOVER");
    client.recovers(&keys);
}

fn all_nodes_down(cluster: &mut TestCluster, client: &Client, keys: &[String]) {
    cluster.nodes_mut().iter_mut().for_each(TestRedis::kill);
    let start = Instant::now();
    for _ in 0..50 {
        let texts = faults(&client.fetch(keys));
        assert_eq!(texts.len(), keys.len());
        assert!(texts.iter().all(|text| text.contains("127.0.0.1:")), "the node is named: {}", texts[0]);
    }
    // Were each of them to wait for an attempt to connect (1.5 s), it would be more than that.
    assert!(start.elapsed() < Duration::from_secs(75), "{:?}", start.elapsed());
    sleep(Duration::from_millis(500));
    let text = faults(&client.fetch(keys)).remove(0);
    assert!(text.contains("refused"), "{text}");
    nothing_spins(client);
    cluster.nodes_mut().iter_mut().for_each(TestRedis::restart);
    cluster.wait_until_ok();
    // They were not told to keep anything.
    cluster.fill(keys);
    client.recovers(keys);
}

/// Idle work is a few attempts a second; half a core would be a loop without a pause.
fn nothing_spins(client: &Client) {
    let Some(before) = client.worked() else { return };
    sleep(Duration::from_secs(2));
    let worked = client.worked().unwrap().saturating_sub(before);
    assert!(before > Duration::ZERO, "the system does tell");
    assert!(worked < Duration::from_secs(1), "{worked:?} of 2 s");
}

/// It comes back at its old address, and belongs to no cluster.
fn a_node_that_has_forgotten_everything(cluster: &mut TestCluster, client: &Client, keys: &[String]) {
    cluster.node_mut(2).kill();
    fs::remove_file(cluster.node(2).folder().join("nodes.conf")).unwrap();
    cluster.node_mut(2).restart();
    let (its, others) = cluster.split(keys, 2);
    client.recovers(&others);
    for _ in 0..20 {
        assert_eq!(faults(&client.fetch(&others)), [""; 0]);
        let texts = faults(&client.fetch(&its));
        assert_eq!(texts.len(), its.len());
    }
    eventually("the others notice", || {
        faults(&client.fetch(&its))[0].contains("no master of the cluster serves")
    });
}

/// Somebody gives the lost slots to a new node.
fn a_node_that_is_replaced_at_another_port(cluster: &mut TestCluster, client: &Client, keys: &[String]) {
    cluster.node_mut(2).kill();
    cluster.replace(2, &PARTIAL);
    cluster.fill(keys);
    client.recovers(keys);
}

fn closing_while_look_ups_wait(cluster: &TestCluster, keys: &[String]) {
    let client = open(&[cluster.node(0).port()]);
    assert_eq!(faults(&client.fetch(keys)), [""; 0]);
    cluster.nodes().iter().for_each(TestRedis::hang);
    let answers = client.block_on(async {
        let closing = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            client.source().close();
        };
        tokio::join!(fetch(client.source(), keys), closing).0
    });
    assert!(answers.iter().chain(&client.fetch(keys)).all(|answer| *answer == Err(Fault::Closed)));
    cluster.nodes().iter().for_each(TestRedis::resume);
}
