//! Masters that are replaced while their sessions are watched.

use passport_socketio_native::redis::{NodeOptions, SentinelOptions, Target, TargetOptions};

use super::{NO_POLL, SEVEN, TestWatch, keys};
use crate::{
    helpers::eventually,
    support::test_sentinel::{NAME, TestSentinel},
};

#[tokio::test]
async fn sentinel_watch() {
    let mut all = TestSentinel::start();
    let count = 200;
    for key in keys(count) {
        all.server(0).set(key, SEVEN);
    }
    all.server(0).run_line("WAIT 2 5000");
    let nodes = all.sentinels().iter().map(|sentinel| NodeOptions::tcp("127.0.0.1", sentinel.port()));
    let sentinel = SentinelOptions { name: NAME.to_owned(), username: None, password: None, tls: None };
    let options =
        TargetOptions { nodes: nodes.collect(), sentinel: Some(sentinel), ..TargetOptions::default() };
    let watch = TestWatch::open(&Target::new(&options).unwrap(), NO_POLL);
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
