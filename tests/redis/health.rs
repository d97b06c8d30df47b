//! How a source says that it is, and what it tells its listener: each change once, in order.

use std::sync::{Arc, Mutex};

use passport_socketio_native::{
    pipeline::Fault,
    redis::{Condition, NodeOptions, Purpose, TargetOptions},
};

use crate::{
    cluster,
    helpers::PROBE,
    load::{Client, eventually},
    sentinel,
    support::{
        fake_server::{Answer, FakeServer},
        test_cluster::TestCluster,
        test_redis::{TestRedis, free_port},
        test_sentinel::{Sentinel, TestSentinel},
    },
};

type Told = Arc<Mutex<Vec<(Condition, Option<Fault>)>>>;

/// A source, and what its listener was told.
fn open(options: &TargetOptions) -> (Client, Told) {
    let told = Told::default();
    let list = told.clone();
    let note = move |condition, fault: Option<&Fault>| list.lock().unwrap().push((condition, fault.cloned()));
    (Client::open_for(options, Purpose::look_ups(PROBE.to_vec()).told(Arc::new(note))), told)
}

fn single(port: u16) -> TargetOptions {
    TargetOptions { nodes: vec![NodeOptions::tcp("127.0.0.1", port)], ..TargetOptions::default() }
}

fn conditions(told: &Told) -> Vec<Condition> {
    told.lock().unwrap().iter().map(|(condition, _)| *condition).collect()
}

fn until(client: &Client, condition: Condition) -> Option<Fault> {
    eventually("the condition", || client.source().health().0 == condition);
    client.source().health().1
}

#[test]
fn a_server_that_comes_goes_and_comes_back() {
    let port = free_port();
    let (client, told) = open(&single(port));
    let refused = until(&client, Condition::Down).unwrap();
    assert!(refused.is_unreachable() && refused.to_string().contains("refused"), "{refused}");
    let mut redis = TestRedis::on_port(port);
    assert_eq!(until(&client, Condition::Up), Some(refused.clone()), "the last fault stays");
    redis.kill();
    assert!(until(&client, Condition::Down).unwrap().is_unreachable());
    redis.restart();
    until(&client, Condition::Up);
    let mut said = conditions(&told);
    // A connection that has lasted for a second is made again before it counts as down.
    said.retain(|condition| *condition != Condition::Connecting);
    assert_eq!(said, [Condition::Down, Condition::Up, Condition::Down, Condition::Up]);
    assert_eq!(told.lock().unwrap()[..2], [(Condition::Connecting, None), (Condition::Down, Some(refused))]);
}

#[test]
fn a_refusal_of_the_server_is_not_out_of_reach() {
    let refusals = ["-NOAUTH Authentication required.\r\n", "-NOPERM no permissions\r\n", "-LOADING x\r\n"];
    for refusal in refusals {
        let server = FakeServer::start(move |_, _| Answer::Say(refusal));
        let (client, _) = open(&single(server.port()));
        let fault = client.get("sess:1").unwrap_err();
        assert!(!fault.is_unreachable(), "{fault}");
    }
}

#[test]
fn a_server_that_hangs_is_out_of_reach() {
    let redis = TestRedis::start();
    let (client, told) = open(&single(redis.port()));
    assert_eq!(client.get("sess:1"), Ok(None));
    redis.hang();
    assert!(client.get("sess:1").unwrap_err().is_unreachable());
    assert!(until(&client, Condition::Down).unwrap().is_unreachable());
    redis.resume();
    until(&client, Condition::Up);
    assert_eq!(conditions(&told), [Condition::Connecting, Condition::Up, Condition::Down, Condition::Up]);
}

#[test]
fn closing_is_told_to_nobody() {
    let redis = TestRedis::start();
    let (client, told) = open(&single(redis.port()));
    until(&client, Condition::Up);
    client.source().close();
    assert_eq!(client.get("sess:1"), Err(Fault::Closed));
    assert_eq!(conditions(&told), [Condition::Connecting, Condition::Up]);
}

#[test]
fn a_cluster_is_down_while_one_of_its_masters_is() {
    let mut servers = TestCluster::start(3, false, &[]);
    let lost = servers.node(1).port();
    let (client, told) = open(&cluster::options(&[servers.node(0).port()]));
    until(&client, Condition::Up);
    servers.node_mut(1).kill();
    let fault = until(&client, Condition::Down).unwrap();
    assert!(fault.to_string().starts_with(&format!("127.0.0.1:{lost}: ")), "{fault}");
    assert!(fault.is_unreachable(), "{fault}");
    servers.node_mut(1).restart();
    until(&client, Condition::Up);
    let said = conditions(&told);
    let mut changes = said.clone();
    changes.dedup();
    assert_eq!(said, changes, "each change once");
    assert_eq!(said.last(), Some(&Condition::Up));
}

#[test]
fn a_cluster_with_slots_that_nobody_serves() {
    let servers = TestCluster::start(2, false, &["--cluster-require-full-coverage", "no"]);
    let (client, _) = open(&cluster::options(&[servers.node(0).port()]));
    until(&client, Condition::Up);
    for node in servers.nodes() {
        node.run_line("CLUSTER DELSLOTS 0");
    }
    let fault = until(&client, Condition::Down).unwrap();
    assert!(fault.to_string().contains("have no master") && !fault.is_unreachable(), "{fault}");
}

#[test]
fn a_cluster_of_which_no_node_answers() {
    let ports = [free_port(), free_port()];
    let (client, told) = open(&cluster::options(&ports));
    let fault = until(&client, Condition::Down).unwrap();
    for port in ports {
        assert!(fault.to_string().contains(&format!(":{port}: Connection refused")), "{fault}");
    }
    assert!(fault.is_unreachable());
    assert_eq!(conditions(&told), [Condition::Connecting, Condition::Down]);
}

#[test]
fn without_sentinels_and_without_a_master() {
    let port = free_port();
    let (client, _) = open(&sentinel::options(&[port]));
    let fault = until(&client, Condition::Down).unwrap();
    assert!(fault.is_unreachable() && fault.to_string().starts_with("Sentinel "), "{fault}");

    let mut all = TestSentinel::start();
    let ports: Vec<_> = all.sentinels().iter().map(Sentinel::port).collect();
    let (client, _) = open(&sentinel::options(&ports));
    until(&client, Condition::Up);
    all.server_mut(0).kill();
    assert!(until(&client, Condition::Down).unwrap().is_unreachable());
    until(&client, Condition::Up);
}
