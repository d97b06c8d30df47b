//! One connection a target, and authorizers that come and go on it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use passport_socketio_native::{
    core::{admission::Credential, code::Code},
    redis_store::{Store, Stores},
};
use tokio::time::{sleep, timeout};

use crate::{
    desk::{Desk, target},
    helpers::{NIL, PROBE, eventually, keys},
    support::{fake_server::FakeServer, test_redis::TestRedis},
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
