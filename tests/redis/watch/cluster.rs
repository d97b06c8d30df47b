//! Sessions in all slots of a cluster. One cluster serves most tests, each of its masters once.

use std::time::{Duration, Instant};

use passport_socketio_native::redis::{NodeOptions, Target, TargetOptions};
use tokio::time::sleep;

use super::{NO_POLL, SEVEN, TestWatch, keys};
use crate::{helpers::eventually, support::test_cluster::TestCluster};

const COUNT: usize = 120;

fn target(cluster: &TestCluster) -> Target {
    let nodes = vec![NodeOptions::tcp("127.0.0.1", cluster.node(0).port())];
    Target::new(&TargetOptions { nodes, cluster: true, ..TargetOptions::default() }).unwrap()
}

fn fill(cluster: &TestCluster) {
    let keys = keys(COUNT);
    for (key, slot) in keys.iter().zip(cluster.slots_of(&keys)) {
        cluster.node(cluster.first_owner(slot)).set(key, SEVEN);
    }
}

/// The slots of the watchers whose sessions a master has at first.
fn of(cluster: &TestCluster, master: usize) -> Vec<usize> {
    let slots = cluster.slots_of(&keys(COUNT)).into_iter().enumerate();
    slots.filter(|(_, slot)| cluster.first_owner(*slot) == master).map(|(index, _)| index).collect()
}

/// A session ends at a node, and is told.
async fn ends(watch: &TestWatch, cluster: &TestCluster, node: usize, session: usize) {
    let key = format!("sess:{session}");
    eventually(&format!("{key} is deleted at node {node}"), async || {
        let deleted: redis::RedisResult<i64> =
            redis::cmd("DEL").arg(&key).query(&mut cluster.node(node).admin());
        deleted.ok().filter(|count| *count == 1)
    })
    .await;
    assert_eq!(watch.hears(1).await, [format!("{session} Destroyed")]);
}

fn session_of(key: &[u8]) -> usize {
    std::str::from_utf8(key).unwrap().replace("sess:", "").parse().unwrap()
}

/// The same at a node that does not have the slot yet.
async fn ends_ahead(watch: &TestWatch, cluster: &TestCluster, node: usize, key: &[u8]) {
    let mut asking = redis::pipe();
    asking.cmd("ASKING").ignore().cmd("DEL").arg(key).ignore();
    asking.exec(&mut cluster.node(node).admin()).unwrap();
    assert_eq!(watch.hears(1).await, [format!("{} Destroyed", session_of(key))]);
}

/// The connection of the watch, as the node calls it.
fn our_client(cluster: &TestCluster, node: usize) -> Option<String> {
    let list: String = redis::from_redis_value(cluster.node(node).run_line("CLIENT LIST")).unwrap();
    let ours = list.lines().find(|client| client.contains(" resp=3"))?;
    ours.split(' ').next().map(ToOwned::to_owned)
}

#[tokio::test]
async fn cluster_watch() {
    let mut cluster = TestCluster::start(3, true, &["--cluster-require-full-coverage", "no"]);
    fill(&cluster);
    (0..3).for_each(|master| drop(cluster.node(master).run_line("WAIT 1 5000")));
    let watch = TestWatch::open(&target(&cluster), NO_POLL);
    watch.begin(&keys(COUNT)).await;
    assert_eq!(watch.told().await, [""; 0]);
    assert!(watch.is_tracking().await);
    let sessions = [0, 1, 2].map(|master| of(&cluster, master));
    for (master, its) in sessions.iter().enumerate() {
        ends(&watch, &cluster, master, its[0]).await;
    }
    a_connection_that_is_killed(&watch, &cluster, &sessions[2]).await;
    a_failover_that_is_ordered(&watch, &cluster, &sessions[0]).await;
    a_master_that_hangs(&watch, &cluster, &sessions).await;
    a_master_that_is_killed(&watch, &mut cluster, &sessions[1]).await;
    assert_eq!(watch.told().await, [""; 0]);
    assert!(watch.is_tracking().await);
}

async fn a_connection_that_is_killed(watch: &TestWatch, cluster: &TestCluster, its: &[usize]) {
    let mut both = redis::pipe();
    both.atomic().cmd("CLIENT").arg("KILL").arg("TYPE").arg("normal").arg("SKIPME").arg("yes");
    both.cmd("DEL").arg(format!("sess:{}", its[1]));
    both.exec(&mut cluster.node(2).admin()).unwrap();
    assert_eq!(watch.hears(1).await, [format!("{} Destroyed", its[1])]);
}

/// It ends no connection, and no message tells of it.
async fn a_failover_that_is_ordered(watch: &TestWatch, cluster: &TestCluster, its: &[usize]) {
    cluster.node(3).run_line("CLUSTER FAILOVER");
    cluster.wait_until_master(3);
    ends(watch, cluster, 3, its[1]).await;
    // As a replica the old master hears of changes, and tells of them. Now it does not.
    cluster.node(0).hang();
    ends(watch, cluster, 3, its[2]).await;
    ends(watch, cluster, 3, its[3]).await;
    cluster.node(0).resume();
    cluster.wait_until_ok();
    assert_eq!(watch.told().await, [""; 0]);
}

/// Until its replica takes over nobody is ended, and the sessions of others are read.
async fn a_master_that_hangs(watch: &TestWatch, cluster: &TestCluster, sessions: &[Vec<usize>]) {
    cluster.node(2).hang();
    watch.watch(500, &format!("sess:{}", sessions[2][3]));
    let other = sessions[1][1];
    cluster.node(1).run_line(&format!("DEL sess:{other}"));
    assert_eq!(watch.hears_at_least(1).await, [format!("{other} Destroyed")]);
    cluster.wait_until_master(5);
    ends(watch, cluster, 5, sessions[2][2]).await;
    watch.watch.inbox().unwatch(500, 1);
    cluster.node(2).resume();
    cluster.wait_until_ok();
    assert_eq!(watch.told().await, [""; 0]);
}

async fn a_master_that_is_killed(watch: &TestWatch, cluster: &mut TestCluster, its: &[usize]) {
    cluster.node(1).run_line("WAIT 1 5000");
    cluster.node_mut(1).kill();
    cluster.wait_until_master(4);
    ends(watch, cluster, 4, its[2]).await;
    ends(watch, cluster, 4, its[3]).await;
}

#[tokio::test]
async fn slots_that_move_while_their_sessions_end() {
    let mut cluster = TestCluster::start(2, false, &[]);
    fill(&cluster);
    let watch = TestWatch::open(&target(&cluster), NO_POLL);
    watch.begin(&keys(COUNT)).await;
    let new = cluster.add(&[]);
    let its = of(&cluster, 0);
    let all = cluster.slots_of(&keys(COUNT));
    let slots: Vec<_> = its.iter().take(6).map(|session| all[*session]).collect();

    // Before, during and after: still here, gone ahead, and moved.
    cluster.begin_to_move(&slots, 0, new);
    ends(&watch, &cluster, 0, its[0]).await;
    let ahead = cluster.keys_in(0, &slots);
    cluster.migrate(&ahead[..2], 0, new);
    assert_eq!(watch.told().await, [""; 0], "they are found where they are now");
    ends_ahead(&watch, &cluster, new, &ahead[0]).await;

    // After some time the connection to a node without slots is given up, and with it what it tells.
    let first = our_client(&cluster, new).unwrap();
    let start = Instant::now();
    while our_client(&cluster, new).is_none_or(|client| client == first) {
        assert!(start.elapsed() < Duration::from_secs(40), "it is not made again");
        sleep(Duration::from_millis(50)).await;
    }
    ends_ahead(&watch, &cluster, new, &ahead[1]).await;

    cluster.migrate(&ahead[2..], 0, new);
    cluster.end_move(&slots, 0, new);
    for key in &ahead[2..] {
        ends(&watch, &cluster, new, session_of(key)).await;
    }
    assert_eq!(watch.told().await, [""; 0]);
    assert_eq!(watch.watch.sessions_of(1), COUNT - slots.len());
}
