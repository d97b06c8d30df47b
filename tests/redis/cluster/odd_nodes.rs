//! Nodes that do not do what a node of a cluster should.

use std::time::Duration;

use passport_socketio_native::redis::{TargetOptions, TlsOptions};

use crate::{
    helpers::{NIL, PONG, PROBE},
    load::{Client, eventually, faults, is_own},
    support::{
        certificates::Certificates,
        fake_server::{Answer, FakeServer},
        test_cluster::start_node,
        test_redis::{TestRedis, free_port},
    },
};

use super::{many_keys, open, options};

#[test]
fn cluster_that_is_none() {
    let plain = TestRedis::start();
    let text = faults(&open(&[plain.port()]).fetch(&many_keys(3))).remove(2);
    assert!(text.contains("cluster support disabled") && text.contains(&plain.port().to_string()), "{text}");
}

#[test]
fn cluster_of_nobody() {
    let alone = start_node(&[]);
    let text = faults(&open(&[alone.port()]).fetch(&many_keys(1))).remove(0);
    assert!(text.contains("belongs to no cluster"), "{text}");
}

#[test]
fn cluster_that_is_not_there() {
    let text = faults(&open(&[free_port(), free_port()]).fetch(&many_keys(1))).remove(0);
    assert!(text.contains("Connection refused") && text.contains("127.0.0.1:"), "{text}");
}

/// With `cluster-require-full-coverage no` a node refuses the key of the probe when nobody has its slot, and serves others.
#[test]
fn cluster_without_a_master_for_the_probe() {
    let node = start_node(&["--cluster-require-full-coverage", "no"]);
    let keys = many_keys(50);
    let slots: Vec<u16> = {
        let mut ask = redis::pipe();
        for key in &keys {
            ask.cmd("CLUSTER").arg("KEYSLOT").arg(key);
        }
        ask.query(&mut node.admin()).unwrap()
    };
    let probe: u16 = redis::cmd("CLUSTER").arg("KEYSLOT").arg(PROBE).query(&mut node.admin()).unwrap();
    node.run_line(&format!("CLUSTER ADDSLOTSRANGE 0 {} {} 16383", probe - 1, probe + 1));
    assert!(!slots.contains(&probe));
    let client = open(&[node.port()]);
    eventually("the node takes up work", || client.fetch(&keys).iter().all(|answer| *answer == Ok(None)));
}

/// MOVED from one to the other and back: five times, and then it is the key's fault.
#[test]
fn cluster_at_odds_with_itself() {
    let ports = [free_port(), free_port()];
    let node = |own: u16, other: u16| {
        FakeServer::start_on(own, move |_, words| match &*words[0] {
            "PING" => PONG,
            "CLUSTER" => Answer::Tell(whole(own)),
            "GET" if words[1] == "sess:1" => Answer::Tell(format!("-MOVED 1 127.0.0.1:{other}\r\n")),
            _ => NIL,
        })
    };
    let nodes = [node(ports[0], ports[1]), node(ports[1], ports[0])];
    let client = open(&ports[..1]);
    let answers = client.fetch(&many_keys(3));
    assert!(faults(&answers)[0].starts_with("MOVED 1"), "{answers:?}");
    assert_eq!((&answers[0], &answers[2]), (&Ok(None), &Ok(None)));
    let asked = |node: &FakeServer| node.seen().iter().filter(|command| *command == "GET sess:1").count();
    assert_eq!(asked(&nodes[0]) + asked(&nodes[1]), 6);
}

/// Each GET after an ASK has its own ASKING right before it.
#[test]
fn cluster_asks_pair_by_pair() {
    let ports = [free_port(), free_port()];
    let to = ports[1];
    let _from = FakeServer::start_on(ports[0], move |_, words| match &*words[0] {
        "PING" => PONG,
        "CLUSTER" => Answer::Tell(whole(ports[0])),
        "GET" if words[1].starts_with("sess:\0") => NIL,
        // The host is left out: it is the one of the node that says so.
        "GET" => Answer::Tell(format!("-ASK 1 :{to}\r\n")),
        _ => NIL,
    });
    let taker = FakeServer::start_on(to, |_, words| match &*words[0] {
        "PING" => PONG,
        "ASKING" => Answer::Say("+OK\r\n"),
        "GET" => Answer::Tell(format!("${}\r\n{}\r\n", words[1].len(), words[1])),
        _ => NIL,
    });
    let client = open(&ports[..1]);
    let keys = many_keys(200);
    let answers = client.fetch(&keys);
    assert!(answers.iter().zip(&keys).all(|(answer, key)| is_own(answer, key)), "{answers:?}");
    let seen = taker.seen();
    let gets = seen.windows(2).filter(|pair| pair[1].starts_with("GET sess:") && !pair[1].contains('\0'));
    assert!(gets.clone().count() == 200 && gets.clone().all(|pair| pair[0] == "ASKING"), "{seen:?}");
}

/// A master that is cut off from the others tells its old map, and knows that the cluster is down for it.
#[test]
fn cluster_seen_by_a_node_that_is_cut_off() {
    let ports = [free_port(), free_port()];
    let node = |own: u16, state: &'static str, answer: &'static str| {
        FakeServer::start_on(own, move |_, words| match &*words[0] {
            "PING" => PONG,
            "CLUSTER" if words[1] == "INFO" => {
                let text = format!("cluster_state:{state}\r\ncluster_slots_assigned:16384\r\n");
                Answer::Tell(format!("${}\r\n{text}\r\n", text.len()))
            }
            "CLUSTER" => Answer::Tell(whole(own)),
            _ => Answer::Say(answer),
        })
    };
    let _cut_off = node(ports[0], "fail", "-CLUSTERDOWN The cluster is down\r\n");
    let _other = node(ports[1], "ok", "$-1\r\n");
    let client = open(&ports);
    assert_eq!(faults(&client.fetch(&many_keys(100))), [""; 0]);
}

/// It has heard that the old master is none any more, and not yet who is.
#[test]
fn cluster_seen_by_a_node_with_a_gap() {
    let ports = [free_port(), free_port()];
    let node = |own: u16, last: u32| {
        FakeServer::start_on(own, move |_, words| match &*words[0] {
            "PING" => PONG,
            "CLUSTER" => Answer::Tell(whole(own).replace("16383", &last.to_string())),
            _ => NIL,
        })
    };
    let _nodes = [node(ports[0], 4_000), node(ports[1], 16_383)];
    assert_eq!(faults(&open(&ports).fetch(&many_keys(100))), [""; 0]);
    // Where there is no better one, what it has is served.
    let answers = open(&ports[..1]).fetch(&many_keys(100));
    let texts = faults(&answers);
    assert!((50..100).contains(&texts.len()), "{}", texts.len());
    assert!(texts.iter().all(|text| text.contains("no master of the cluster serves the hash slot")));
}

/// With `cluster-allow-reads-when-down yes` it answers look-ups all the same.
#[test]
fn cluster_that_is_down_and_may_be_read() {
    let port = free_port();
    let _node = FakeServer::start_on(port, move |_, words| match &*words[0] {
        "PING" => PONG,
        "CLUSTER" if words[1] == "INFO" => Answer::Say("$18\r\ncluster_state:fail\r\n"),
        "CLUSTER" => Answer::Tell(whole(port)),
        _ => NIL,
    });
    assert_eq!(faults(&open(&[port]).fetch(&many_keys(100))), [""; 0]);
}

/// However many look-ups fail, the node is asked for its map four times a second.
#[test]
fn cluster_that_is_down_is_not_pestered() {
    let port = free_port();
    let node = FakeServer::start_on(port, move |_, words| match &*words[0] {
        "PING" => PONG,
        "CLUSTER" => Answer::Tell(whole(port)),
        "GET" => Answer::Say("-CLUSTERDOWN The cluster is down\r\n"),
        _ => NIL,
    });
    let client = open(&[port]);
    let load = client.load(&many_keys(10), 4);
    std::thread::sleep(Duration::from_secs(2));
    let tally = load.end();
    assert!(tally.right == 0 && tally.failed > 100, "{tally:?}");
    let asked = node.seen().iter().filter(|command| *command == "CLUSTER SLOTS").count();
    assert!((4..20).contains(&asked), "{asked} times");
}

/// A node that takes over slots is in no map yet. Its connection is kept, however often the map is learnt anew meanwhile.
#[test]
fn cluster_keeps_the_link_to_the_node_of_an_ask() {
    let (from, to) = (free_port(), free_port());
    let _from = FakeServer::start_on(from, move |_, words| match &*words[0] {
        "PING" => PONG,
        "CLUSTER" => Answer::Tell(whole(from)),
        "GET" if words[1] == "sess:1" => Answer::Tell(format!("-ASK 1 :{to}\r\n")),
        // To itself: the map is learnt anew each time.
        "GET" if words[1] == "sess:2" => Answer::Tell(format!("-MOVED 2 :{from}\r\n")),
        _ => NIL,
    });
    let taker = FakeServer::start_on(to, |_, words| if words[0] == "PING" { PONG } else { NIL });
    let client = open(&[from]);
    for _ in 0..4 {
        assert_eq!(client.get("sess:1"), Ok(None));
        for _ in 0..5 {
            assert!(client.get("sess:2").is_err());
            std::thread::sleep(Duration::from_millis(80));
        }
    }
    let probes = taker.seen().iter().filter(|command| command.contains("probe")).count();
    assert_eq!(probes, 1, "{:?}", taker.seen());
}

/// The nodes are named by address, and the certificate is for a name: what ioredis needs `tls.servername` for, too.
#[test]
fn cluster_over_tls() {
    let Some(files) = Certificates::make() else { return };
    let port = free_port();
    let tls = files.redis_options("server", port);
    let node_options: Vec<_> =
        tls.iter().map(String::as_str).chain(["--tls-auth-clients", "no", "--tls-cluster", "yes"]).collect();
    let node = start_node(&node_options);
    node.run_line("CLUSTER ADDSLOTSRANGE 0 16383");
    let tls = TlsOptions {
        ca: Some(files.text("ca.pem")),
        servername: Some("localhost".to_owned()),
        ..TlsOptions::default()
    };
    let client = Client::open(&TargetOptions { tls: Some(tls), ..options(&[port]) });
    eventually("the node takes up work", || client.get("sess:1") == Ok(None));
}

/// An answer to CLUSTER SLOTS: this node has them all, and does not know its own name.
fn whole(port: u16) -> String {
    format!("*1\r\n*3\r\n:0\r\n:16383\r\n*3\r\n$-1\r\n:{port}\r\n$2\r\nid\r\n")
}
