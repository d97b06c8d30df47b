//! Servers and proxies that tell of nothing, and users with few rights.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use passport_socketio_native::redis::{NodeOptions, Target, TargetOptions, TlsOptions};

use super::{EIGHT, NO_POLL, SEVEN, TestWatch, fill, keys};
use crate::{
    helpers::{NIL, OK, PONG},
    pipeline::target,
    support::{
        certificates::Certificates,
        fake_server::{Answer, FakeServer},
        test_redis::{TestRedis, free_port},
    },
};

const OFTEN: Duration = Duration::from_millis(200);

/// Sessions that end, expire and change their user, with a watch that polls.
async fn is_polled(redis: &TestRedis) {
    fill(redis, &keys(50));
    let watch = TestWatch::open(&target(&redis.url()), OFTEN);
    watch.begin(&keys(50)).await;
    assert!(!watch.is_tracking().await);
    redis.run_line("DEL sess:3 sess:49");
    redis.set("sess:0", EIGHT);
    redis.run_line("PEXPIRE sess:9 300");
    let told = watch.hears(4).await;
    assert_eq!(told, ["0 7 is 8", "3 Destroyed", "9 Expired", "49 Destroyed"]);
    redis.run_line("CLIENT KILL TYPE normal SKIPME yes");
    redis.run_line("DEL sess:4");
    assert_eq!(watch.hears(1).await, ["4 Destroyed"]);
}

#[tokio::test]
async fn a_user_who_may_not_track_is_served_by_a_poll() {
    let redis = TestRedis::start();
    redis.run_line("ACL SETUSER default -client|tracking");
    is_polled(&redis).await;
}

#[tokio::test]
async fn so_is_a_server_without_hello() {
    is_polled(&TestRedis::with_options(&["--rename-command", "HELLO", ""])).await;
}

#[tokio::test]
async fn the_rights_may_come_and_go() {
    let redis = TestRedis::start();
    fill(&redis, &keys(3));
    redis.run_line("ACL SETUSER default -client|tracking");
    let watch = TestWatch::open(&target(&redis.url()), OFTEN);
    watch.begin(&keys(3)).await;
    for (slot, (right, is_tracking)) in [("+", true), ("-", false), ("+", true)].into_iter().enumerate() {
        redis.run_line(&format!("ACL SETUSER default {right}client|tracking"));
        redis.run_line("CLIENT KILL TYPE normal SKIPME yes");
        redis.run_line(&format!("DEL sess:{slot}"));
        assert_eq!(watch.hears(1).await, [format!("{slot} Destroyed")]);
        assert_eq!(watch.is_tracking().await, is_tracking);
    }
}

#[tokio::test]
async fn a_user_with_the_least_rights_is_told_of_changes() {
    let redis = TestRedis::start();
    fill(&redis, &keys(3));
    redis.run_line("ACL SETUSER reader on >secret ~sess:* +get +mget +pttl +client|tracking");
    let url = redis.url().replace("redis://", "redis://reader:secret@");
    let watch = TestWatch::open(&target(&url), NO_POLL);
    watch.begin(&keys(3)).await;
    assert!(watch.is_tracking().await);
    redis.run_line("DEL sess:0");
    redis.run_line("PEXPIRE sess:1 50");
    assert_eq!(watch.hears(2).await, ["0 Destroyed", "1 Expired"]);
    // Rights that are withdrawn end nobody.
    redis.run_line("ACL SETUSER reader resetkeys ~other:*");
    redis.run_line("DEL sess:2");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(watch.watch.sessions_of(1), 1);
    redis.run_line("ACL SETUSER reader ~sess:*");
    assert_eq!(watch.hears(1).await, ["2 Destroyed"]);
}

#[tokio::test]
async fn without_pttl_and_mget_it_works_as_well() {
    let redis = TestRedis::start();
    fill(&redis, &keys(3));
    redis.run_line("ACL SETUSER default -pttl -mget");
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    watch.begin(&keys(3)).await;
    assert!(watch.is_tracking().await);
    redis.run_line("PEXPIRE sess:0 100");
    redis.run_line("DEL sess:1");
    // When it was over is not known.
    assert_eq!(watch.hears(2).await, ["0 Destroyed", "1 Destroyed"]);
}

#[tokio::test]
async fn an_empty_prefix() {
    let redis = TestRedis::start();
    let keys = ["", "a"].map(ToOwned::to_owned);
    fill(&redis, &keys);
    let watch = TestWatch::with_probe(&target(&redis.url()), NO_POLL, b"\0probe");
    watch.begin(&keys).await;
    redis.run(&[b"DEL", b""]);
    assert_eq!(watch.hears(1).await, ["0 Destroyed"]);
    redis.run_line("DEL a");
    assert_eq!(watch.hears(1).await, ["1 Destroyed"]);
}

#[tokio::test]
async fn through_tls() {
    let Some(files) = Certificates::make() else { return };
    let port = free_port();
    let options = files.redis_options("server", port);
    let options: Vec<_> = options.iter().map(String::as_str).chain(["--tls-auth-clients", "no"]).collect();
    let redis = TestRedis::with_options(&options);
    fill(&redis, &keys(2));
    let tls = TlsOptions { ca: Some(files.text("ca.pem")), ..TlsOptions::default() };
    let nodes = vec![NodeOptions::tcp("localhost", port)];
    let at = Target::new(&TargetOptions { nodes, tls: Some(tls), ..TargetOptions::default() }).unwrap();
    let watch = TestWatch::open(&at, NO_POLL);
    watch.begin(&keys(2)).await;
    assert!(watch.is_tracking().await);
    redis.run_line("DEL sess:1");
    assert_eq!(watch.hears(1).await, ["1 Destroyed"]);
}

/// One session, on a server that does something odd when it is greeted by HELLO.
fn without_hello(hello: fn() -> Answer) -> (FakeServer, Arc<AtomicBool>) {
    let is_there = Arc::new(AtomicBool::new(true));
    let there = is_there.clone();
    let server = FakeServer::start(move |_, words| {
        let keys = words.iter().skip(1).map(|key| (key == "sess:0" && there.load(Ordering::Relaxed), key));
        let value =
            |is_there| if is_there { format!("${}\r\n{SEVEN}\r\n", SEVEN.len()) } else { "$-1\r\n".into() };
        match &*words[0] {
            "HELLO" => hello(),
            "CLIENT" | "SELECT" => OK,
            "PING" => PONG,
            "PTTL" => Answer::Say("-ERR unknown command\r\n"),
            "GET" | "MGET" => {
                let values: Vec<_> = keys.map(|(is_there, _)| value(is_there)).collect();
                let head = if words[0] == "MGET" { format!("*{}\r\n", values.len()) } else { String::new() };
                Answer::Tell(head + &values.concat())
            }
            _ => NIL,
        }
    });
    (server, is_there)
}

#[tokio::test]
async fn servers_and_proxies_that_do_not_bear_hello() {
    // Redis 5, and proxies that hang up, or say nothing at all.
    let unknown = || Answer::Say("-ERR unknown command `HELLO`, with args beginning with: `3`, \r\n");
    for hello in [unknown, || Answer::HangUp, || Answer::Silence] {
        let (server, is_there) = without_hello(hello);
        let watch = TestWatch::open(&target(&server.url()), OFTEN);
        watch.begin(&keys(1)).await;
        assert_eq!(watch.told().await, [""; 0]);
        assert!(!watch.is_tracking().await);
        is_there.store(false, Ordering::Relaxed);
        assert_eq!(watch.hears(1).await, ["0 Destroyed"]);
        assert_eq!(server.open(), 1, "the other attempts are closed");
    }
}

#[tokio::test]
async fn a_proxy_that_hangs_up_is_asked_both_ways_each_time() {
    let (server, _) = without_hello(|| Answer::HangUp);
    let watch = TestWatch::open(&target(&server.url()), OFTEN);
    watch.begin(&keys(1)).await;
    let hellos = server.seen().iter().filter(|command| *command == "HELLO 3").count();
    assert_eq!(hellos, 2, "before the login that works, and after it");
}
