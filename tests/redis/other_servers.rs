//! Servers that are no Redis, or not the usual one.

use std::time::{Duration, Instant};

use crate::{
    helpers::{NIL, fetch_all, get, keys, open, text, value},
    support::{
        fake_server::{Answer, FakeServer},
        test_redis::TestRedis,
    },
};

#[tokio::test]
async fn a_silent_host() {
    let server = FakeServer::start(|_, _| Answer::Silence);
    let connection = open(&server.url());
    let (one, two) = tokio::join!(get(&connection, "a"), get(&connection, "b"));
    assert_eq!(text(one), "connected, but no answer within 1500 ms");
    assert_eq!(text(two), "connected, but no answer within 1500 ms");
    // Known to be silent: nobody waits for that long again.
    let start = Instant::now();
    assert_eq!(text(get(&connection, "a").await), "connected, but no answer within 1500 ms");
    assert!(start.elapsed() < Duration::from_millis(1500), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_connection_that_stays_silent_is_followed_by_another_one() {
    let server = FakeServer::start(|number, _| if number == 0 { Answer::Silence } else { NIL });
    assert_eq!(get(&open(&server.url()), "a").await, Ok(None), "the attempt goes on");
}

#[tokio::test]
async fn servers_of_another_kind() {
    let web = FakeServer::start(|_, _| Answer::Say("HTTP/1.1 400 Bad Request\r\n\r\n"));
    assert!(text(get(&open(&web.url()), "a").await).contains("not Redis's protocol"));
    let odd = FakeServer::start(|_, words| if words[1] == "sess:a" { Answer::Say(":7\r\n") } else { NIL });
    assert!(text(get(&open(&odd.url()), "a").await).contains("Redis does not give"));
    let plain = TestRedis::start();
    let answer = text(get(&open(&plain.url().replace("redis:", "rediss:")), "a").await);
    assert!(answer.contains("TLS") || answer.contains("corrupt message"), "{answer}");
}

#[tokio::test]
async fn a_full_server_says_so() {
    let redis = TestRedis::with_options(&["--maxclients", "1"]);
    let _only = redis.admin();
    let answer = text(get(&open(&redis.url()), "a").await);
    // The system may throw the text away when our request meets a closed socket.
    assert!(
        answer.contains("max number of clients") || answer.contains("closed") || answer.contains("reset"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_renamed_get_shows_no_session_id() {
    let redis = TestRedis::with_options(&["--rename-command", "GET", ""]);
    let answer = text(get(&open(&redis.url()), "a").await);
    assert_eq!(answer, "ERR unknown command 'GET'");
}

#[tokio::test]
async fn a_renamed_mget_is_not_needed() {
    let redis = TestRedis::with_options(&["--rename-command", "MGET", ""]);
    redis.set("sess:a", "1");
    let connection = open(&redis.url());
    let handle = connection.connection().await.unwrap();
    assert_eq!(fetch_all(&handle, &keys(["a", "b"])).await, [value("1"), Ok(None)]);
}
