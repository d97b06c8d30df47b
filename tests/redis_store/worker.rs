//! The whole native pipeline: from a Cookie header to a verdict in the outbox.

use std::{sync::Arc, time::Duration};

use passport_socketio_native::{
    core::{admission::Credential, code::Code, outbox::Page, settings::Settings},
    redis_store::Store,
};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::{
    desk::{Desk, settings, target},
    helpers::PROBE,
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
    let desk = Desk::open(&redis.url(), 5_000);
    desk.submit(1, Credential::Header, ALICE);
    desk.submit(2, Credential::Header, FORGED);
    for (ticket, id) in (3..).zip(["alice", "guest", "out", "broken", "nothing", "gone"]) {
        desk.submit(ticket, Credential::Id, id);
    }
    let verdicts = desk.verdicts(8).await;
    let user = json!({"id": 7});
    assert_eq!(verdicts[&1], (Code::Found, user.clone()));
    assert_eq!(verdicts[&2], (Code::BadSignature, Value::Null));
    assert_eq!(verdicts[&3], (Code::Found, user));
    assert_eq!(verdicts[&4], (Code::PassportNotInitialized, Value::Null));
    assert_eq!(verdicts[&5], (Code::NotLoggedIn, Value::Null));
    assert_eq!(verdicts[&6].0, Code::BadSession);
    assert_eq!(verdicts[&7], (Code::SessionNotFound, Value::Null));
    assert_eq!(verdicts[&8], (Code::SessionNotFound, Value::Null));
    assert_eq!(desk.latency.count(), 8);
}

#[tokio::test]
async fn a_batch_asks_for_each_session_once_and_for_no_forged_one() {
    let redis = TestRedis::start();
    redis.set("sess:alice", r#"{"passport":{"user":1}}"#);
    let desk = Desk::open(&redis.url(), 5_000);
    // All of them wait before the worker starts, so that they are one batch.
    for ticket in 0..500 {
        desk.submit(ticket, Credential::Header, if ticket % 2 == 0 { ALICE } else { FORGED });
    }
    let verdicts = desk.verdicts(500).await;
    assert!(verdicts.iter().all(|(ticket, (code, _))| match ticket % 2 {
        0 => *code == Code::Found,
        _ => *code == Code::BadSignature,
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
    let desk = Desk::open(&redis.url(), 5_000);
    for ticket in 0..3_000 {
        desk.submit(ticket, Credential::Id, &(ticket % 300).to_string());
    }
    for (ticket, verdict) in desk.verdicts(3_000).await {
        assert_eq!(verdict, (Code::Found, json!(ticket % 300)));
    }
}

#[tokio::test]
async fn look_ups_of_one_session_share_its_user_key() {
    let redis = TestRedis::start();
    let key = format!("\"{}\"", "k".repeat(200_000));
    redis.set("sess:alice", format!(r#"{{"passport":{{"user":{key}}}}}"#));
    redis.set("sess:bob", r#"{"passport":{"user":"bob"},"other":{"user":{"id":1}}}"#);
    let desk = Desk::open(&redis.url(), 5_000);
    for ticket in 0..3_000 {
        desk.submit(ticket, Credential::Id, if ticket % 2 == 0 { "alice" } else { "bob" });
    }
    // Another authorizer's Passport has another name, and so another user in the same session.
    let other = Arc::new(Settings { passport_key: b"other"[..].into(), ..settings() });
    desk.inbox.push(3_000, Credential::Id, b"bob", &other);
    let mut pages = Vec::new();
    while pages.iter().map(|page: &Page| page.rows().len()).sum::<usize>() < 3_001 {
        timeout(Duration::from_secs(10), desk.woken.notified()).await.expect("verdicts come");
        pages.extend(std::iter::from_fn(|| desk.outbox.take()));
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
    let desk = Desk::open(&redis.url(), 200);
    desk.submit(1, Credential::Id, "alice");
    assert_eq!(desk.verdicts(1).await[&1].0, Code::Found);
    redis.hang();
    for ticket in 2..70 {
        desk.submit(ticket, Credential::Id, &ticket.to_string());
    }
    let verdicts = desk.verdicts(68).await;
    redis.resume();
    assert!(verdicts.values().all(|(code, _)| *code == Code::StoreTimeout), "{verdicts:?}");
}

#[tokio::test]
async fn a_connection_that_ends_under_a_look_up_costs_nobody_his_answer() {
    let redis = TestRedis::start();
    redis.set("sess:alice", r#"{"passport":{"user":1}}"#);
    let store = Arc::new(Store::open(target(&redis.url()), PROBE.to_vec()));
    let desk = Desk::on(Arc::clone(&store), 10_000);
    desk.submit(1, Credential::Id, "alice");
    assert_eq!(desk.verdicts(1).await[&1].0, Code::Found);
    // Old enough that its end is taken for an accident, not for a server that turns everybody away.
    sleep(Duration::from_millis(1_200)).await;
    redis.run_line("CLIENT PAUSE 300 ALL");
    desk.submit(2, Credential::Id, "alice");
    sleep(Duration::from_millis(50)).await;
    redis.run_line("CLIENT KILL TYPE normal SKIPME yes");
    assert_eq!(desk.verdicts(1).await[&2].0, Code::Found);
    assert_eq!(store.reconnects(), 1);
}

#[tokio::test]
async fn closing_answers_everybody() {
    let redis = TestRedis::start();
    let desk = Desk::open(&redis.url(), 5_000);
    redis.hang();
    desk.submit(1, Credential::Id, "a");
    sleep(Duration::from_millis(50)).await;
    desk.submit(2, Credential::Id, "b");
    desk.inbox.close();
    let verdicts = desk.verdicts(2).await;
    redis.resume();
    assert!(verdicts.values().all(|(code, _)| *code == Code::Closed), "{verdicts:?}");
    assert!(desk.inbox.push(3, Credential::Id, b"c", &desk.settings).is_none());
}
