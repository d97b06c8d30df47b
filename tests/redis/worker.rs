//! The whole native pipeline: from a Cookie header to a result in the outbox.

use std::{sync::Arc, time::Duration};

use passport_socketio_native::{
    core::{credential::CredentialKind, outcome::Outcome, settings::Settings},
    pipeline::outbox::Page,
    redis::{Purpose, RedisSource},
};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::{
    helpers::PROBE,
    pipeline::{TestPipeline, settings, target},
    support::test_redis::TestRedis,
};

/// `cookie-signature.sign('alice', 'cat')` of version 1.0.6.
const ALICE: &str = "sid=s:alice.qr+Xwj1t+jSi4DLY3uAbwWWL2e25YoGs/CBGD1OeDLo";
const FORGED: &str = "sid=s:alice.xr+Xwj1t+jSi4DLY3uAbwWWL2e25YoGs/CBGD1OeDLo";

#[tokio::test]
async fn from_a_cookie_to_a_verdict() {
    let redis = TestRedis::start();
    redis.set("sess:alice", r#"{"cookie":{},"passport":{"user":{"id":7}}}"#);
    redis.set("sess:guest", r#"{"cookie":{}}"#);
    redis.set("sess:out", r#"{"passport":{}}"#);
    redis.set("sess:broken", r#"{"passport":{"user":1}"#);
    redis.set("sess:nothing", "null");
    let pipeline = TestPipeline::open(&redis.url(), 5_000);
    pipeline.submit(1, CredentialKind::Header, ALICE);
    pipeline.submit(2, CredentialKind::Header, FORGED);
    for (ticket, id) in (3..).zip(["alice", "guest", "out", "broken", "nothing", "gone"]) {
        pipeline.submit(ticket, CredentialKind::Id, id);
    }
    let results = pipeline.results(8).await;
    let user = json!({"id": 7});
    assert_eq!(results[&1], (Outcome::Found, user.clone()));
    assert_eq!(results[&2], (Outcome::BadSignature, Value::Null));
    assert_eq!(results[&3], (Outcome::Found, user));
    assert_eq!(results[&4], (Outcome::PassportNotInitialized, Value::Null));
    assert_eq!(results[&5], (Outcome::NotLoggedIn, Value::Null));
    assert_eq!(results[&6].0, Outcome::BadSession);
    assert_eq!(results[&7], (Outcome::SessionNotFound, Value::Null));
    assert_eq!(results[&8], (Outcome::SessionNotFound, Value::Null));
    assert_eq!(pipeline.latency.count(), 8);
}

#[tokio::test]
async fn a_batch_asks_for_each_session_once_and_for_no_forged_one() {
    let redis = TestRedis::start();
    redis.set("sess:alice", r#"{"passport":{"user":1}}"#);
    let pipeline = TestPipeline::open(&redis.url(), 5_000);
    // All of them wait before the worker starts, so that they are one batch.
    for ticket in 0..500 {
        pipeline.submit(ticket, CredentialKind::Header, if ticket % 2 == 0 { ALICE } else { FORGED });
    }
    let results = pipeline.results(500).await;
    assert!(results.iter().all(|(ticket, (outcome, _))| match ticket % 2 {
        0 => *outcome == Outcome::Found,
        _ => *outcome == Outcome::BadSignature,
    }));
    let hits =
        redis.info("stats").lines().find_map(|line| line.strip_prefix("keyspace_hits:").map(str::to_owned));
    assert_eq!(hits.as_deref(), Some("1"));
}

#[tokio::test]
async fn thousands_come_back_each_with_its_own_user() {
    let redis = TestRedis::start();
    for user in 0..300 {
        redis.set(format!("sess:{user}"), format!(r#"{{"passport":{{"user":{user}}}}}"#));
    }
    let pipeline = TestPipeline::open(&redis.url(), 5_000);
    for ticket in 0..3_000 {
        pipeline.submit(ticket, CredentialKind::Id, &(ticket % 300).to_string());
    }
    for (ticket, result) in pipeline.results(3_000).await {
        assert_eq!(result, (Outcome::Found, json!(ticket % 300)));
    }
}

#[tokio::test]
async fn look_ups_of_one_session_share_its_user_key() {
    let redis = TestRedis::start();
    let key = format!("\"{}\"", "k".repeat(200_000));
    redis.set("sess:alice", format!(r#"{{"passport":{{"user":{key}}}}}"#));
    redis.set("sess:bob", r#"{"passport":{"user":"bob"},"other":{"user":{"id":1}}}"#);
    let pipeline = TestPipeline::open(&redis.url(), 5_000);
    for ticket in 0..3_000 {
        pipeline.submit(ticket, CredentialKind::Id, if ticket % 2 == 0 { "alice" } else { "bob" });
    }
    // Another authorizer's Passport has another name, and so another user in the same session.
    let other = Arc::new(Settings { passport_key: b"other"[..].into(), ..settings() });
    pipeline.inbox.push(3_000, CredentialKind::Id, b"bob", &other);
    let mut pages = Vec::new();
    while pages.iter().map(|page: &Page| page.rows().len()).sum::<usize>() < 3_001 {
        timeout(Duration::from_secs(10), pipeline.woken.notified()).await.expect("results come");
        pages.extend(std::iter::from_fn(|| pipeline.outbox.take()));
    }
    let bytes: usize = pages.iter().map(|page| page.values().len()).sum();
    assert!(bytes <= pages.len() * (key.len() + 64), "{bytes} bytes on {} pages", pages.len());
    let values: Vec<Vec<Value>> =
        pages.iter().map(|page| serde_json::from_slice(page.values()).unwrap()).collect();
    assert_eq!(values.last().unwrap().last(), Some(&json!({"id": 1})));
}

#[tokio::test]
async fn a_hung_server_is_answered_by_the_deadline() {
    let redis = TestRedis::start();
    redis.set("sess:alice", r#"{"passport":{"user":1}}"#);
    let pipeline = TestPipeline::open(&redis.url(), 200);
    pipeline.submit(1, CredentialKind::Id, "alice");
    assert_eq!(pipeline.results(1).await[&1].0, Outcome::Found);
    redis.hang();
    for ticket in 2..70 {
        pipeline.submit(ticket, CredentialKind::Id, &ticket.to_string());
    }
    let results = pipeline.results(68).await;
    redis.resume();
    assert!(results.values().all(|(outcome, _)| *outcome == Outcome::StoreTimeout), "{results:?}");
}

#[tokio::test]
async fn a_connection_that_ends_under_a_look_up_costs_no_look_up_its_answer() {
    let redis = TestRedis::start();
    redis.set("sess:alice", r#"{"passport":{"user":1}}"#);
    let source = Arc::new(RedisSource::open(target(&redis.url()), Purpose::look_ups(PROBE.to_vec())));
    let pipeline = TestPipeline::on(Arc::clone(&source), 10_000);
    pipeline.submit(1, CredentialKind::Id, "alice");
    assert_eq!(pipeline.results(1).await[&1].0, Outcome::Found);
    // Old enough that its end is taken for an accident, not for a server that turns everybody away.
    sleep(Duration::from_millis(1_200)).await;
    redis.run_line("CLIENT PAUSE 300 ALL");
    pipeline.submit(2, CredentialKind::Id, "alice");
    sleep(Duration::from_millis(50)).await;
    redis.run_line("CLIENT KILL TYPE normal SKIPME yes");
    assert_eq!(pipeline.results(1).await[&2].0, Outcome::Found);
    assert_eq!(source.reconnects(), 1);
}

#[tokio::test]
async fn closing_answers_everybody() {
    let redis = TestRedis::start();
    let pipeline = TestPipeline::open(&redis.url(), 5_000);
    redis.hang();
    pipeline.submit(1, CredentialKind::Id, "a");
    sleep(Duration::from_millis(50)).await;
    pipeline.submit(2, CredentialKind::Id, "b");
    pipeline.inbox.close();
    let results = pipeline.results(2).await;
    redis.resume();
    assert!(results.values().all(|(outcome, _)| *outcome == Outcome::Closed), "{results:?}");
    assert!(pipeline.inbox.push(3, CredentialKind::Id, b"c", &pipeline.settings).is_none());
}
