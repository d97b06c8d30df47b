//! Masters that are replaced while their sessions are watched.

use passport_socketio_native::redis::{NodeOptions, SentinelOptions, Target, TargetOptions};

use super::{NO_POLL, SEVEN, TestWatch, keys};
use crate::{
    helpers::{PONG, eventually},
    support::{
        fake_server::{Answer, FakeServer},
        test_redis::TestRedis,
        test_sentinel::{NAME, Sentinel, TestSentinel},
    },
};

/// The master that the Sentinels at these ports name.
fn target(ports: &[u16]) -> Target {
    let nodes = ports.iter().map(|port| NodeOptions::tcp("127.0.0.1", *port)).collect();
    let sentinel = SentinelOptions { name: NAME.to_owned(), username: None, password: None, tls: None };
    Target::new(&TargetOptions { nodes, sentinel: Some(sentinel), ..TargetOptions::default() }).unwrap()
}

#[tokio::test]
async fn sentinel_watch() {
    let mut all = TestSentinel::start();
    let count = 200;
    for key in keys(count) {
        all.server(0).set(key, SEVEN);
    }
    all.server(0).run_line("WAIT 2 5000");
    let ports: Vec<_> = all.sentinels().iter().map(Sentinel::port).collect();
    let watch = TestWatch::open(&target(&ports), NO_POLL);
    watch.begin(&keys(count)).await;
    assert!(watch.is_tracking().await);
    all.server(0).run_line("DEL sess:0");
    assert_eq!(watch.hears(1).await, ["0 Destroyed"]);

    // Ordered: it closes no connection, and the old master goes on to answer.
    all.server(0).run_line("WAIT 2 5000");
    let ordered: String = all.sentinels()[0].run(&["FAILOVER", NAME]).unwrap();
    assert_eq!(ordered, "OK");
    let new = all.wait_for_another_master(0);
    all.server(new).run_line("DEL sess:1");
    assert_eq!(watch.hears(1).await, ["1 Destroyed"]);
    is_watched_at(&all, new).await;
    all.server(new).run_line("DEL sess:2");
    assert_eq!(watch.hears(1).await, ["2 Destroyed"]);
    assert!(watch.is_tracking().await, "also after logins at a server that is no master yet");

    // Killed.
    eventually("the Sentinels are done", async || all.is_calm().then_some(())).await;
    let third = 3 - new;
    follow(&all, third, new).await;
    all.server_mut(new).kill();
    let last = all.wait_for_another_master(new);
    all.server(last).run_line("DEL sess:3");
    assert_eq!(watch.hears(1).await, ["3 Destroyed"]);
    is_watched_at(&all, last).await;
    all.server(last).run_line("DEL sess:4");
    assert_eq!(watch.hears(1).await, ["4 Destroyed"]);
    assert_eq!(watch.watch.sessions_of(1), count - 5);
    assert!(watch.is_tracking().await);
}

/// A Sentinel that is ahead of its master: until that one is promoted, each login asks it to tell of changes.
#[tokio::test]
async fn a_server_that_is_no_master_yet() {
    let master = TestRedis::start();
    master.set("sess:0", SEVEN);
    let named = TestRedis::with_options(&["--replicaof", &format!("127.0.0.1 {}", master.port())]);
    let port = named.port().to_string();
    let sentinel = FakeServer::start(move |_, words| match words.get(1).map(String::as_str) {
        Some("GET-MASTER-ADDR-BY-NAME") => {
            Answer::Tell(format!("*2\r\n$9\r\n127.0.0.1\r\n${}\r\n{port}\r\n", port.len()))
        }
        Some("SENTINELS") => Answer::Say("*0\r\n"),
        _ => PONG,
    });
    let watch = TestWatch::open(&target(&[sentinel.port()]), NO_POLL);
    watch.watch(0, "sess:0");
    let calls = |command: &str| -> usize {
        let stats = named.info("commandstats");
        let line = stats.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
        line.map_or(0, |rest| rest.split(',').next().unwrap().parse().unwrap())
    };
    eventually("it was asked several times", async || (calls("role") >= 4).then_some(())).await;
    named.run_line("REPLICAOF NO ONE");
    assert!(watch.is_tracking().await);
    assert_eq!(calls("hello"), calls("role"), "each time");
    named.run_line("DEL sess:0");
    assert_eq!(watch.hears(1).await, ["0 Destroyed"]);
}

/// A replica has all data of the master.
async fn follow(all: &TestSentinel, replica: usize, master: usize) {
    let port = format!("master_port:{}", all.server(master).port());
    eventually("the replica follows", async || {
        let info = all.server(replica).info("replication");
        if !info.contains(&port) {
            all.server(replica).run_line(&format!("REPLICAOF 127.0.0.1 {}", all.server(master).port()));
        }
        (info.contains(&port) && info.contains("master_link_status:up")).then_some(())
    })
    .await;
}

/// Our connection is at this server.
async fn is_watched_at(all: &TestSentinel, server: usize) {
    eventually("the watch is at the new master", async || {
        let list: String = redis::from_redis_value(all.server(server).run_line("CLIENT LIST")).unwrap();
        list.contains(" resp=3").then_some(())
    })
    .await;
}
