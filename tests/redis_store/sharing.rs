//! One connection a target, and authorizers that come and go on it.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::BoxFuture;
use passport_socketio_native::{
    core::{admission::Credential, code::Code},
    redis_store::{
        Credentials, Fault, Fingerprint, Login, LoginSource, Node, SentinelParts, Store, Stores, Target,
        TargetParts, Tls,
    },
};
use tokio::time::{sleep, timeout};

use crate::{
    desk::{Desk, target},
    helpers::{NIL, PROBE, eventually, keys},
    support::{certificates::Certificates, fake_server::FakeServer, test_redis::TestRedis},
};

const ALICE: &str = r#"{"passport":{"user":"alice"}}"#;

/// How many connections the server has but the test's own, which come through its Unix socket.
fn connections(redis: &TestRedis) -> usize {
    let list: String = redis::from_redis_value(redis.run_line("CLIENT LIST")).unwrap();
    list.lines().filter(|client| client.contains(" addr=127.0.0.1:")).count()
}

async fn until_connections(redis: &TestRedis, count: usize) {
    eventually("so many connections", async || (connections(redis) == count).then_some(())).await;
}

async fn found(desk: &Desk, ticket: u32) {
    desk.submit(ticket, Credential::Id, "alice");
    assert_eq!(desk.verdicts(1).await[&ticket].0, Code::Found);
}

#[tokio::test]
async fn a_hundred_and_fifty_authorizers_are_one_connection() {
    let redis = TestRedis::start();
    redis.set("sess:alice", ALICE);
    let stores = Stores::default();
    let at = target(&redis.url());
    let desks: Vec<_> = (0..150).map(|_| Desk::on(stores.open(&at, PROBE.to_vec()), 5_000)).collect();
    for desk in &desks {
        found(desk, 1).await;
    }
    assert_eq!(connections(&redis), 1);
    assert_eq!(stores.known(), 1);
}

#[tokio::test]
async fn it_ends_with_the_last_and_is_made_again_for_the_next() {
    let redis = TestRedis::start();
    redis.set("sess:alice", ALICE);
    let stores = Stores::default();
    let at = target(&redis.url());
    let [first, second] = [(); 2].map(|()| Desk::on(stores.open(&at, PROBE.to_vec()), 5_000));
    found(&first, 1).await;
    found(&second, 1).await;
    first.inbox.close();
    timeout(Duration::from_secs(5), first.worker).await.expect("the worker ends").unwrap();
    assert!(first.inbox.push(2, Credential::Id, b"alice", &first.settings).is_none());
    found(&second, 2).await;
    assert_eq!(connections(&redis), 1);
    second.inbox.close();
    until_connections(&redis, 0).await;
    let third = Desk::on(stores.open(&at, PROBE.to_vec()), 5_000);
    found(&third, 1).await;
    assert_eq!((connections(&redis), stores.known()), (1, 1));
}

#[tokio::test]
async fn one_that_is_closed_answers_what_it_has_in_flight_and_leaves_the_others_alone() {
    let redis = TestRedis::start();
    redis.set("sess:alice", ALICE);
    let stores = Stores::default();
    let at = target(&redis.url());
    let [closed, open] = [(); 2].map(|()| Desk::on(stores.open(&at, PROBE.to_vec()), 60_000));
    found(&closed, 1).await;
    found(&open, 1).await;
    redis.hang();
    // Some are in flight, and the others wait for those.
    for desk in [&closed, &open] {
        desk.submit(2, Credential::Id, "alice");
        sleep(Duration::from_millis(50)).await;
        desk.submit(3, Credential::Id, "alice");
    }
    closed.inbox.close();
    let verdicts = closed.verdicts(2).await;
    assert!(verdicts.values().all(|(code, _)| *code == Code::Closed), "{verdicts:?}");
    redis.resume();
    let verdicts = open.verdicts(2).await;
    assert!(verdicts.values().all(|(code, _)| *code == Code::Found), "{verdicts:?}");
    assert_eq!(connections(&redis), 1);
}

#[tokio::test]
async fn what_still_waits_at_the_end_is_not_asked_for() {
    let server = FakeServer::start(|_, _| NIL);
    let stores = Stores::default();
    let at = target(&server.url());
    let open = Desk::on(stores.open(&at, PROBE.to_vec()), 5_000);
    open.submit(1, Credential::Id, "a");
    assert_eq!(open.verdicts(1).await[&1].0, Code::SessionNotFound);
    for _ in 0..30 {
        let closed = Desk::on(stores.open(&at, PROBE.to_vec()), 5_000);
        closed.submit(1, Credential::Id, "late");
        closed.inbox.close();
        assert_eq!(closed.verdicts(1).await[&1].0, Code::Closed);
    }
    open.submit(2, Credential::Id, "b");
    assert_eq!(open.verdicts(1).await[&2].0, Code::SessionNotFound);
    let seen = server.seen();
    assert!(seen.iter().any(|command| command == "GET sess:b"), "{seen:?}");
    assert!(!seen.iter().any(|command| command.contains("late")), "{seen:?}");
}

#[tokio::test]
async fn what_still_waits_at_the_end_is_closed_also_where_redis_is_out_of_reach() {
    let stores = Stores::default();
    let at = target("redis://127.0.0.1:1");
    let open = Desk::on(stores.open(&at, PROBE.to_vec()), 5_000);
    open.submit(1, Credential::Id, "a");
    assert_eq!(open.verdicts(1).await[&1].0, Code::StoreError);
    for _ in 0..30 {
        let closed = Desk::on(stores.open(&at, PROBE.to_vec()), 5_000);
        closed.submit(1, Credential::Id, "a");
        closed.inbox.close();
        assert_eq!(closed.verdicts(1).await[&1].0, Code::Closed);
    }
}

#[tokio::test]
async fn each_has_a_deadline_of_its_own() {
    let redis = TestRedis::start();
    redis.set("sess:alice", ALICE);
    let stores = Stores::default();
    let at = target(&redis.url());
    let [hasty, patient] = [200, 60_000].map(|timeout| Desk::on(stores.open(&at, PROBE.to_vec()), timeout));
    found(&hasty, 1).await;
    found(&patient, 1).await;
    redis.hang();
    let since = Instant::now();
    for desk in [&hasty, &patient] {
        desk.submit(2, Credential::Id, "alice");
    }
    assert_eq!(hasty.verdicts(1).await[&2].0, Code::StoreTimeout);
    assert!(since.elapsed() >= Duration::from_millis(200));
    assert!(patient.outbox.take().is_none(), "it waits on");
    redis.resume();
    assert_eq!(patient.verdicts(1).await[&2].0, Code::Found);
}

#[tokio::test]
async fn a_store_that_is_dropped_unused_is_closed() {
    let redis = TestRedis::start();
    let stores = Stores::default();
    let store = stores.open(&target(&redis.url()), PROBE.to_vec());
    store.fetch(&keys(["a"]), |_, values| assert!(values.is_ok())).await;
    assert_eq!(connections(&redis), 1);
    drop(store);
    until_connections(&redis, 0).await;
}

#[tokio::test]
async fn closed_stores_are_forgotten() {
    let stores = Stores::default();
    let kept: Vec<_> = (0..40).map(|db| open_nowhere(&stores, db)).collect();
    for db in 40..1_000 {
        drop(open_nowhere(&stores, db));
    }
    assert!(stores.known() <= 2 * kept.len() + 1, "{}", stores.known());
    assert!(kept.iter().zip(0..).all(|(store, db)| Arc::ptr_eq(store, &open_nowhere(&stores, db))));
}

fn open_nowhere(stores: &Stores, db: i64) -> Arc<Store> {
    stores.open(&target(&format!("redis://127.0.0.1:1/{db}")), PROBE.to_vec())
}

#[tokio::test]
async fn another_prefix_is_another_connection() {
    // Whether the user may read below it, only a look-up shows.
    let stores = Stores::default();
    let at = target("redis://127.0.0.1:1");
    let one = stores.open(&at, b"a:probe".to_vec());
    assert!(Arc::ptr_eq(&one, &stores.open(&at, b"a:probe".to_vec())));
    assert!(!Arc::ptr_eq(&one, &stores.open(&at, b"b:probe".to_vec())));
}

struct Source;

impl LoginSource for Source {
    fn ask(&self) -> BoxFuture<'static, Result<Option<Login>, Fault>> {
        Box::pin(async { Ok(None) })
    }
}

fn url(text: &str) -> Vec<Node> {
    vec![Node::Url(text.to_owned())]
}

fn tcp(host: &str, port: u16) -> Node {
    Node::Tcp(host.to_owned(), Some(port))
}

fn print(parts: &TargetParts) -> Fingerprint {
    Target::from_parts(parts).unwrap().fingerprint()
}

#[test]
fn the_same_in_other_words_is_the_same() {
    let parts = TargetParts::default;
    let some = |text: &str| Some(text.to_owned());
    let sentinel = || Some(SentinelParts { name: "m".to_owned(), username: None, password: None, tls: None });
    let pairs = [
        (
            TargetParts { nodes: url("redis://127.0.0.1"), ..parts() },
            TargetParts { nodes: vec![tcp("127.0.0.1", 6379)], db: Some(0), ..parts() },
        ),
        (
            TargetParts { nodes: url("redis://u:p@H:1/2"), ..parts() },
            TargetParts {
                nodes: vec![tcp("h", 1)],
                username: some("u"),
                password: some("p"),
                db: Some(2),
                ..parts()
            },
        ),
        (
            TargetParts { nodes: url("redis://[::1]:1"), ..parts() },
            TargetParts { nodes: vec![tcp("0:0:0:0:0:0:0:1", 1)], ..parts() },
        ),
        (
            TargetParts { nodes: url("rediss://h"), tls: Some(Tls::default()), ..parts() },
            TargetParts { nodes: vec![tcp("h", 6379)], tls: Some(Tls::default()), ..parts() },
        ),
        (
            TargetParts { nodes: url("unix:///s?db=1"), ..parts() },
            TargetParts { nodes: vec![Node::Unix("/s".to_owned())], db: Some(1), ..parts() },
        ),
        (
            TargetParts { nodes: vec![tcp("a", 1), tcp("b", 2)], cluster: true, ..parts() },
            TargetParts { nodes: vec![tcp("b", 2), tcp("a", 1), tcp("a", 1)], cluster: true, ..parts() },
        ),
        (
            TargetParts { nodes: vec![tcp("a", 1), tcp("b", 26379)], sentinel: sentinel(), ..parts() },
            TargetParts {
                nodes: vec![Node::Tcp("b".to_owned(), None), tcp("a", 1)],
                sentinel: sentinel(),
                ..parts()
            },
        ),
    ];
    for (number, (one, other)) in pairs.iter().enumerate() {
        assert!(print(one) == print(other), "pair {number}");
    }
}

#[test]
fn whatever_differs_is_another_connection() {
    let parts = |text: &str| TargetParts { nodes: url(text), ..TargetParts::default() };
    let some = |text: &str| Some(text.to_owned());
    let tls = |tls: Tls| TargetParts { tls: Some(tls), ..parts("rediss://h") };
    let sentinel = |name: &str, password: Option<&str>, tls: Option<Tls>| {
        Some(SentinelParts {
            name: name.to_owned(),
            username: None,
            password: password.map(str::to_owned),
            tls,
        })
    };
    let asked = || Some(Credentials::Asked(Arc::new(Source)));
    let all = [
        ("plain", parts("redis://h")),
        ("host", parts("redis://i")),
        ("port", parts("redis://h:1")),
        ("database", parts("redis://h/1")),
        ("password", parts("redis://:p@h")),
        ("another password", parts("redis://:q@h")),
        ("user", parts("redis://u:p@h")),
        ("user and password the other way round", parts("redis://p:u@h")),
        ("user without password", parts("redis://u@h")),
        ("client name", TargetParts { client_name: some("n"), ..parts("redis://h") }),
        ("another client name", TargetParts { client_name: some("o"), ..parts("redis://h") }),
        ("a source of credentials", TargetParts { credentials: asked(), ..parts("redis://h") }),
        ("another source", TargetParts { credentials: asked(), ..parts("redis://h") }),
        ("socket", parts("unix:///h")),
        ("TLS", tls(Tls::default())),
        ("TLS that trusts all", tls(Tls { reject_unauthorized: false, ..Tls::default() })),
        ("TLS with a name", tls(Tls { servername: some("n"), ..Tls::default() })),
        ("TLS with another name", tls(Tls { servername: some("o"), ..Tls::default() })),
        ("cluster", TargetParts { cluster: true, ..parts("redis://h") }),
        ("cluster with a password", TargetParts { cluster: true, ..parts("redis://:p@h") }),
        ("Sentinel", TargetParts { sentinel: sentinel("m", None, None), ..parts("redis://h") }),
        ("another master", TargetParts { sentinel: sentinel("n", None, None), ..parts("redis://h") }),
        (
            "Sentinel with a password",
            TargetParts { sentinel: sentinel("m", Some("p"), None), ..parts("redis://h") },
        ),
        (
            "a master with a password",
            TargetParts {
                sentinel: sentinel("m", None, None),
                password: some("p"),
                nodes: vec![tcp("h", 6379)],
                ..TargetParts::default()
            },
        ),
        (
            "a master in another database",
            TargetParts { sentinel: sentinel("m", None, None), db: Some(1), ..parts("redis://h") },
        ),
        (
            "Sentinel over TLS",
            TargetParts {
                sentinel: sentinel("m", None, Some(Tls::default())),
                nodes: vec![tcp("h", 6379)],
                ..TargetParts::default()
            },
        ),
    ];
    let mut seen = HashMap::new();
    for (name, parts) in &all {
        assert!(print(parts) == print(parts), "{name}");
        if let Some(same) = seen.insert(print(parts), name) {
            panic!("{name} is taken for {same}");
        }
    }
}

#[test]
fn certificates_and_keys_tell_connections_apart() {
    let Some(files) = Certificates::make() else { return };
    let file = |name: &str| Some(files.text(name));
    let variants = [
        Tls { ca: file("ca.pem"), ..Tls::default() },
        Tls { ca: file("server.pem"), ..Tls::default() },
        Tls { cert: file("server.pem"), key: file("server.key"), ..Tls::default() },
        Tls { ca: file("ca.pem"), cert: file("server.pem"), key: file("server.key"), ..Tls::default() },
    ];
    let mut seen = HashMap::new();
    for (number, tls) in variants.into_iter().enumerate() {
        let parts = TargetParts { nodes: url("rediss://h"), tls: Some(tls), ..TargetParts::default() };
        assert!(print(&parts) == print(&parts));
        assert_eq!(seen.insert(print(&parts), number), None);
    }
}

#[test]
fn a_source_is_itself() {
    let source: Arc<dyn LoginSource> = Arc::new(Source);
    let parts = || TargetParts {
        nodes: url("redis://h"),
        credentials: Some(Credentials::Asked(Arc::clone(&source))),
        ..TargetParts::default()
    };
    assert!(print(&parts()) == print(&parts()));
}
