//! One connection a target, and authorizers that come and go on it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use passport_socketio_native::{
    core::{credential::CredentialKind, outcome::Outcome},
    pipeline::SessionSource,
    redis::{Purpose, RedisSource, SharedByTarget, Target},
};
use tokio::time::{sleep, timeout};

use crate::{
    helpers::{NIL, PROBE, eventually, keys},
    pipeline::{TestPipeline, target},
    support::{fake_server::FakeServer, test_redis::TestRedis},
};

const ALICE: &str = r#"{"passport":{"user":"alice"}}"#;

type Sources = SharedByTarget<RedisSource>;

fn share(sources: &Sources, at: &Target) -> Arc<RedisSource> {
    share_by(sources, at, PROBE)
}

fn share_by(sources: &Sources, at: &Target, probe_key: &[u8]) -> Arc<RedisSource> {
    let open = |probe_key| RedisSource::open(at.clone(), Purpose::look_ups(probe_key));
    sources.get_or_open(at, probe_key.to_vec(), open)
}

/// How many connections the server has but the test's own, which come through its Unix socket.
fn connections(redis: &TestRedis) -> usize {
    let list: String = redis::from_redis_value(redis.run_line("CLIENT LIST")).unwrap();
    list.lines().filter(|client| client.contains(" addr=127.0.0.1:")).count()
}

async fn until_connections(redis: &TestRedis, count: usize) {
    eventually("so many connections", async || (connections(redis) == count).then_some(())).await;
}

async fn found(pipeline: &TestPipeline, ticket: u32) {
    pipeline.submit(ticket, CredentialKind::Id, "alice");
    assert_eq!(pipeline.results(1).await[&ticket].0, Outcome::Found);
}

#[tokio::test]
async fn a_hundred_and_fifty_authorizers_are_one_connection() {
    let redis = TestRedis::start();
    redis.set("sess:alice", ALICE);
    let sources = Sources::default();
    let at = target(&redis.url());
    let pipelines: Vec<_> = (0..150).map(|_| TestPipeline::on(share(&sources, &at), 5_000)).collect();
    for pipeline in &pipelines {
        found(pipeline, 1).await;
    }
    assert_eq!(connections(&redis), 1);
    assert_eq!(sources.known(), 1);
}

#[tokio::test]
async fn it_ends_with_the_last_and_is_made_again_for_the_next() {
    let redis = TestRedis::start();
    redis.set("sess:alice", ALICE);
    let sources = Sources::default();
    let at = target(&redis.url());
    let [first, second] = [(); 2].map(|()| TestPipeline::on(share(&sources, &at), 5_000));
    found(&first, 1).await;
    found(&second, 1).await;
    first.inbox.close();
    timeout(Duration::from_secs(5), first.worker).await.expect("the worker ends").unwrap();
    assert!(first.inbox.push(2, CredentialKind::Id, b"alice", &first.settings).is_none());
    found(&second, 2).await;
    assert_eq!(connections(&redis), 1);
    second.inbox.close();
    until_connections(&redis, 0).await;
    let third = TestPipeline::on(share(&sources, &at), 5_000);
    found(&third, 1).await;
    assert_eq!((connections(&redis), sources.known()), (1, 1));
}

#[tokio::test]
async fn one_that_is_closed_answers_what_it_has_in_flight_and_leaves_the_others_alone() {
    let redis = TestRedis::start();
    redis.set("sess:alice", ALICE);
    let sources = Sources::default();
    let at = target(&redis.url());
    let [closed, open] = [(); 2].map(|()| TestPipeline::on(share(&sources, &at), 60_000));
    found(&closed, 1).await;
    found(&open, 1).await;
    redis.hang();
    // Some are in flight, and the others wait for those.
    for pipeline in [&closed, &open] {
        pipeline.submit(2, CredentialKind::Id, "alice");
        sleep(Duration::from_millis(50)).await;
        pipeline.submit(3, CredentialKind::Id, "alice");
    }
    closed.inbox.close();
    let results = closed.results(2).await;
    assert!(results.values().all(|(outcome, _)| *outcome == Outcome::Closed), "{results:?}");
    redis.resume();
    let results = open.results(2).await;
    assert!(results.values().all(|(outcome, _)| *outcome == Outcome::Found), "{results:?}");
    assert_eq!(connections(&redis), 1);
}

#[tokio::test]
async fn what_still_waits_at_the_end_is_not_asked_for() {
    let server = FakeServer::start(|_, _| NIL);
    let sources = Sources::default();
    let at = target(&server.url());
    let open = TestPipeline::on(share(&sources, &at), 5_000);
    open.submit(1, CredentialKind::Id, "a");
    assert_eq!(open.results(1).await[&1].0, Outcome::SessionNotFound);
    for _ in 0..30 {
        let closed = TestPipeline::on(share(&sources, &at), 5_000);
        closed.submit(1, CredentialKind::Id, "late");
        closed.inbox.close();
        assert_eq!(closed.results(1).await[&1].0, Outcome::Closed);
    }
    open.submit(2, CredentialKind::Id, "b");
    assert_eq!(open.results(1).await[&2].0, Outcome::SessionNotFound);
    let seen = server.seen();
    assert!(seen.iter().any(|command| command == "GET sess:b"), "{seen:?}");
    assert!(!seen.iter().any(|command| command.contains("late")), "{seen:?}");
}

#[tokio::test]
async fn what_still_waits_at_the_end_is_closed_also_where_redis_is_out_of_reach() {
    let sources = Sources::default();
    let at = target("redis://127.0.0.1:1");
    let open = TestPipeline::on(share(&sources, &at), 5_000);
    open.submit(1, CredentialKind::Id, "a");
    assert_eq!(open.results(1).await[&1].0, Outcome::StoreError);
    for _ in 0..30 {
        let closed = TestPipeline::on(share(&sources, &at), 5_000);
        closed.submit(1, CredentialKind::Id, "a");
        closed.inbox.close();
        assert_eq!(closed.results(1).await[&1].0, Outcome::Closed);
    }
}

#[tokio::test]
async fn each_has_a_deadline_of_its_own() {
    let redis = TestRedis::start();
    redis.set("sess:alice", ALICE);
    let sources = Sources::default();
    let at = target(&redis.url());
    let [hasty, patient] = [200, 60_000].map(|timeout| TestPipeline::on(share(&sources, &at), timeout));
    found(&hasty, 1).await;
    found(&patient, 1).await;
    redis.hang();
    let since = Instant::now();
    for pipeline in [&hasty, &patient] {
        pipeline.submit(2, CredentialKind::Id, "alice");
    }
    assert_eq!(hasty.results(1).await[&2].0, Outcome::StoreTimeout);
    assert!(since.elapsed() >= Duration::from_millis(200));
    assert!(patient.outbox.take().is_none(), "it waits on");
    redis.resume();
    assert_eq!(patient.results(1).await[&2].0, Outcome::Found);
}

#[tokio::test]
async fn a_store_that_is_dropped_unused_is_closed() {
    let redis = TestRedis::start();
    let sources = Sources::default();
    let source = share(&sources, &target(&redis.url()));
    source.fetch(&keys(["a"]), |_, values| assert!(values.is_ok())).await;
    assert_eq!(connections(&redis), 1);
    drop(source);
    until_connections(&redis, 0).await;
}

#[tokio::test]
async fn closed_stores_are_forgotten() {
    let sources = Sources::default();
    let kept: Vec<_> = (0..40).map(|db| open_nowhere(&sources, db)).collect();
    for db in 40..1_000 {
        drop(open_nowhere(&sources, db));
    }
    assert!(sources.known() <= 2 * kept.len() + 1, "{}", sources.known());
    assert!(kept.iter().zip(0..).all(|(source, db)| Arc::ptr_eq(source, &open_nowhere(&sources, db))));
}

fn open_nowhere(sources: &Sources, db: i64) -> Arc<RedisSource> {
    share(sources, &target(&format!("redis://127.0.0.1:1/{db}")))
}

#[tokio::test]
async fn another_prefix_is_another_connection() {
    // Whether the user may read below it, only a look-up shows.
    let sources = Sources::default();
    let at = target("redis://127.0.0.1:1");
    let one = share_by(&sources, &at, b"a:probe");
    assert!(Arc::ptr_eq(&one, &share_by(&sources, &at, b"a:probe")));
    assert!(!Arc::ptr_eq(&one, &share_by(&sources, &at, b"b:probe")));
}
