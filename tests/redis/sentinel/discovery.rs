//! Finding the master.

use passport_socketio_native::redis::{SentinelOptions, TargetOptions};

use super::options;
use crate::{
    helpers::{NIL, PONG},
    load::{Client, faults, is_own},
    support::{
        fake_server::{Answer, FakeServer},
        test_redis::{TestRedis, free_port},
        test_sentinel::{NAME, Sentinel, TestSentinel},
    },
};

#[test]
fn sentinel_names_the_master() {
    let mut all = TestSentinel::with_passwords(Some("of-servers"), Some("of-sentinels"));
    all.server(0).set("sess:a", "sess:a");
    let ports: Vec<_> = all.sentinels().iter().map(Sentinel::port).collect();
    let with = |of_servers: &str, of_sentinels: &str, name: &str| {
        let sentinel = SentinelOptions {
            name: name.to_owned(),
            username: None,
            password: Some(of_sentinels.to_owned()),
            tls: None,
        };
        let password = Some(of_servers.to_owned());
        Client::open(&TargetOptions { password, sentinel: Some(sentinel), ..options(&ports) })
    };
    let found = |client: &Client| is_own(&client.get("sess:a"), "sess:a");
    let said = |client: &Client| faults(&[client.get("sess:a")]).remove(0);
    assert!(found(&with("of-servers", "of-sentinels", NAME)));
    let text = said(&with("of-servers", "of-sentinels", "nobody"));
    assert!(text.contains("knows no master named nobody") && text.contains("Sentinel 127.0.0.1:"), "{text}");
    let text = said(&with("of-servers", "no", NAME));
    assert!(text.contains("Sentinel 127.0.0.1:") && text.contains("WRONGPASS "), "{text}");
    let text = said(&with("no", "of-sentinels", NAME));
    assert!(text.starts_with("WRONGPASS "), "{text}");
    // One is enough, wherever in the list it is.
    all.sentinels()[0].hang();
    all.sentinels_mut()[1].kill();
    assert!(found(&with("of-servers", "of-sentinels", NAME)));
}

/// One that has not heard of a failover names the old master, which is a replica by now.
#[test]
fn sentinel_that_is_behind() {
    let master = TestRedis::start();
    master.set("sess:a", "sess:a");
    let replica = TestRedis::with_options(&["--replicaof", &format!("127.0.0.1 {}", master.port())]);
    let (behind, right) = (naming(replica.port()), naming(master.port()));
    let client = Client::open(&options(&[behind.port(), right.port()]));
    crate::load::eventually("the right one is believed", || is_own(&client.get("sess:a"), "sess:a"));
    let alone = Client::open(&options(&[behind.port()]));
    let text = faults(&[alone.get("sess:a")]).remove(0);
    assert_eq!(text, "the server that Sentinel names as master is a replica");
}

#[test]
fn sentinel_that_is_none() {
    let plain = TestRedis::start();
    let text = faults(&[Client::open(&options(&[plain.port()])).get("sess:a")]).remove(0);
    assert!(text.contains("unknown command 'SENTINEL'"), "{text}");
    let text = faults(&[Client::open(&options(&[free_port(), free_port()])).get("sess:a")]).remove(0);
    assert!(text.contains("Sentinel 127.0.0.1:") && text.contains("refused"), "{text}");
}

/// It answers PING and hangs then: the next attempt must come.
#[test]
fn sentinel_that_stops_in_the_middle() {
    let master = TestRedis::start();
    master.set("sess:a", "sess:a");
    let port = master.port();
    let odd = FakeServer::start(move |number, words| match (&*words[0], number) {
        ("PING", _) => PONG,
        (_, 0) => Answer::Silence,
        _ => Answer::Tell(address(port)),
    });
    let client = Client::open(&options(&[odd.port()]));
    crate::load::eventually("it is asked again", || is_own(&client.get("sess:a"), "sess:a"));
}

fn naming(port: u16) -> FakeServer {
    FakeServer::start(move |_, words| match &*words[0] {
        "PING" => PONG,
        "SENTINEL" => Answer::Tell(address(port)),
        _ => NIL,
    })
}

fn address(port: u16) -> String {
    let port = port.to_string();
    format!("*2\r\n$9\r\n127.0.0.1\r\n${}\r\n{port}\r\n", port.len())
}
