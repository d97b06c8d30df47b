//! Connections that are lost, and servers that are killed or hang.

use std::{
    io::Write,
    net::TcpStream,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{NO_POLL, SEVEN, TestWatch, fill, keys};
use crate::{pipeline::target, support::test_redis::TestRedis};

/// The connection is killed and a session ends in one transaction, so that nobody can be told of it.
#[tokio::test]
async fn a_session_that_ends_while_the_connection_is_lost() {
    let redis = TestRedis::start();
    fill(&redis, &keys(300));
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    watch.begin(&keys(300)).await;
    for slot in 0..3 {
        let mut both = redis::pipe();
        both.atomic().cmd("CLIENT").arg("KILL").arg("TYPE").arg("normal").arg("SKIPME").arg("yes");
        both.cmd("DEL").arg(format!("sess:{slot}"));
        both.exec(&mut redis.admin()).unwrap();
        assert_eq!(watch.hears(1).await, [format!("{slot} Destroyed")]);
    }
    redis.run_line("DEL sess:3");
    assert_eq!(watch.hears(1).await, ["3 Destroyed"], "it is tracked on the new connection");
}

#[tokio::test]
async fn a_server_that_is_killed_and_comes_back_with_its_data() {
    let mut redis = TestRedis::with_options(&["--appendonly", "yes", "--appendfsync", "always"]);
    fill(&redis, &keys(300));
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    watch.begin(&keys(300)).await;
    redis.kill();
    sleep(Duration::from_millis(500)).await;
    redis.restart();
    assert_eq!(watch.told().await, [""; 0]);
    assert_eq!(watch.watch.sessions_of(1), 300);
    redis.run_line("DEL sess:7");
    assert_eq!(watch.hears(1).await, ["7 Destroyed"]);
}

#[tokio::test]
async fn a_server_that_is_killed_and_comes_back_empty() {
    let mut redis = TestRedis::start();
    fill(&redis, &keys(300));
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    watch.begin(&keys(300)).await;
    redis.kill();
    redis.restart();
    assert_eq!(watch.hears(300).await.len(), 300);
    assert_eq!(watch.watch.sessions_of(1), 0);
}

/// Long enough for several attempts to connect.
#[tokio::test]
async fn a_server_that_hangs_and_goes_on() {
    let redis = TestRedis::start();
    fill(&redis, &keys(300));
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    watch.begin(&keys(300)).await;
    redis.hang();
    // It is done when the server goes on: on a connection of somebody else, or before ours is.
    let mut other = TcpStream::connect(("127.0.0.1", redis.port())).unwrap();
    other.write_all(b"DEL sess:5\r\n").unwrap();
    watch.watch(300, "sess:300");
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(7) {
        // The thread of the watch is this one: it must have its time.
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(watch.watch.sessions_of(1), 301, "nobody was ended");
    redis.resume();
    assert_eq!(watch.hears(2).await, ["5 Destroyed", "300 Destroyed"]);
    assert!(watch.is_tracking().await, "also after logins that were not answered");
    redis.run_line("DEL sess:6");
    assert_eq!(watch.hears(1).await, ["6 Destroyed"]);
}

#[tokio::test]
async fn a_server_that_is_not_there_yet() {
    let port = crate::support::test_redis::free_port();
    let watch = TestWatch::open(&target(&format!("redis://127.0.0.1:{port}")), NO_POLL);
    watch.watch(0, "sess:0");
    watch.watch(1, "sess:1");
    sleep(Duration::from_millis(300)).await;
    assert_eq!((watch.watch.sessions_of(1), watch.watch.is_tracking()), (2, None));
    let redis = TestRedis::on_port(port);
    // The server has begun to answer before this is there.
    redis.set("sess:0", SEVEN);
    watch.hears(1).await;
    assert!(watch.is_tracking().await);
}

#[tokio::test]
async fn expiry_during_an_outage_is_told_as_expiry() {
    let mut redis = TestRedis::with_options(&["--appendonly", "yes", "--appendfsync", "always"]);
    fill(&redis, &keys(2));
    redis.run_line("PEXPIRE sess:0 600");
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    watch.begin(&keys(2)).await;
    redis.kill();
    sleep(Duration::from_millis(900)).await;
    redis.restart();
    assert_eq!(watch.hears(1).await, ["0 Expired"]);
}
