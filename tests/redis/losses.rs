//! Connections that are lost, and come back.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::{
    helpers::{NIL, PONG, PROBE, eventually, fetch_all, get, keys, open, recovers, text, value},
    support::{
        fake_server::{Answer, FakeServer},
        test_redis::{TestRedis, free_port},
    },
};

#[tokio::test]
async fn a_killed_server() {
    let mut redis = TestRedis::start();
    let connection = open(&redis.url());
    assert_eq!(get(&connection, "a").await, Ok(None));
    redis.kill();
    eventually("the loss is noticed", async || (!connection.is_up()).then_some(())).await;
    // Each look-up is answered at once, with the true cause.
    eventually("the true cause", async || {
        (text(get(&connection, "a").await).contains("refused")).then_some(())
    })
    .await;
    for _ in 0..100 {
        assert!(text(get(&connection, "a").await).starts_with("Connection refused"));
    }
    redis.restart();
    redis.set("sess:a", "1");
    recovers(&connection, "a", &value("1")).await;
    assert_eq!(connection.reconnects(), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_yet() {
    let port = free_port();
    let connection = open(&format!("redis://127.0.0.1:{port}"));
    assert!(text(get(&connection, "a").await).starts_with("Connection refused"));
    let late = TestRedis::on_port(port);
    late.set("sess:a", "1");
    recovers(&connection, "a", &value("1")).await;
    assert_eq!(connection.reconnects(), 0);
}

#[tokio::test]
async fn a_hung_server() {
    let redis = TestRedis::start();
    redis.set("sess:a", "1");
    let connection = open(&redis.url());
    assert_eq!(get(&connection, "a").await, value("1"));
    redis.hang();
    assert!(text(get(&connection, "a").await).starts_with("no answer for 800 ms"));
    // Known to hang: nobody waits for that long again.
    let start = Instant::now();
    assert!(text(get(&connection, "a").await).contains("no answer"));
    assert!(start.elapsed() < Duration::from_millis(800), "{:?}", start.elapsed());
    // A new connection is accepted by the system, but answered by nobody.
    eventually("an attempt fails", async || {
        text(get(&connection, "a").await).contains("within 1500 ms").then_some(())
    })
    .await;
    redis.resume();
    recovers(&connection, "a", &value("1")).await;
}

#[tokio::test]
async fn a_killed_connection() {
    let redis = TestRedis::start();
    let connection = open(&redis.url());
    assert_eq!(get(&connection, "a").await, Ok(None));
    // Nothing is being looked up: the end of the connection is noticed all the same.
    redis.run_line("CLIENT KILL TYPE normal SKIPME yes");
    eventually("a new connection", async || {
        (connection.reconnects() == 1 && connection.is_up()).then_some(())
    })
    .await;
    assert_eq!(get(&connection, "a").await, Ok(None));
}

#[tokio::test]
async fn look_ups_in_flight_when_the_connection_ends() {
    let server = FakeServer::start(|number, words| match words[1].as_str() {
        "sess:a" if number == 0 => Answer::HangUp,
        _ => NIL,
    });
    let connection = open(&server.url());
    assert_eq!(text(get(&connection, "a").await), "the server closed the connection");
    recovers(&connection, "a", &Ok(None)).await;
}

#[tokio::test]
async fn look_ups_wait_while_an_ended_connection_is_replaced() {
    let server = FakeServer::start(|number, words| match (number, words) {
        (0, [_, key]) if key == "sess:bye" => Answer::HangUp,
        // Half a second for the probe.
        (1, [_, key]) if *key == String::from_utf8_lossy(PROBE) => Answer::Slowly(b"$-1\r\n".to_vec()),
        (_, [ping]) if ping == "PING" => PONG,
        _ => NIL,
    });
    let connection = open(&server.url());
    assert_eq!(get(&connection, "a").await, Ok(None));
    sleep(Duration::from_millis(1200)).await;
    assert_eq!(text(get(&connection, "bye").await), "the server closed the connection");
    eventually("the loss is noticed", async || (!connection.is_up()).then_some(())).await;
    assert_eq!(get(&connection, "a").await, Ok(None));
    assert_eq!(connection.reconnects(), 1);
}

#[tokio::test]
async fn a_server_that_loads_its_dump() {
    let server = FakeServer::start(|number, words| match (number, words[0].as_str()) {
        (_, "PING") => PONG,
        (0, _) if words[1] == "sess:a" => Answer::Say("-LOADING Redis is loading the dataset in memory\r\n"),
        (1..4, _) => Answer::Say("-LOADING Redis is loading the dataset in memory\r\n"),
        _ => NIL,
    });
    let connection = open(&server.url());
    assert_eq!(text(get(&connection, "a").await), "LOADING Redis is loading the dataset in memory");
    assert_eq!(text(get(&connection, "a").await), "LOADING Redis is loading the dataset in memory");
    recovers(&connection, "a", &Ok(None)).await;
    assert_eq!(connection.reconnects(), 1);
}

#[tokio::test]
async fn a_server_that_forgets_who_we_are() {
    let server = FakeServer::start(|number, words| match (number, words[0].as_str()) {
        (0, "MGET") => Answer::Say("-NOAUTH Authentication required.\r\n"),
        (_, "MGET") => Answer::Say("*2\r\n$-1\r\n$1\r\n1\r\n"),
        _ => NIL,
    });
    let connection = open(&server.url());
    let handle = connection.connection().await.unwrap();
    assert_eq!(
        text(fetch_all(&handle, &keys(["a", "b"])).await.remove(0)),
        "NOAUTH Authentication required."
    );
    // The old connection is of no more use, a new one is.
    assert!(text(fetch_all(&handle, &keys(["a", "b"])).await.remove(0)).starts_with("NOAUTH"));
    let handle = eventually("a new connection", async || match connection.reconnects() {
        1 => connection.connection().await.ok(),
        _ => None,
    });
    assert_eq!(fetch_all(&handle.await, &keys(["a", "b"])).await, [Ok(None), value("1")]);
}

#[tokio::test]
async fn a_slow_answer_is_not_a_hung_server() {
    let server = FakeServer::start(|_, words| match words {
        [_, key] if key == "sess:large" => {
            Answer::Slowly(format!("$100000\r\n{}\r\n", "x".repeat(100_000)).into_bytes())
        }
        [ping] if ping == "PING" => PONG,
        _ => NIL,
    });
    let connection = open(&server.url());
    assert_eq!(
        get(&connection, "large").await.map(|value| value.map(|bytes| bytes.len())),
        Ok(Some(100_000))
    );
    assert_eq!(connection.reconnects(), 0);
}

#[tokio::test]
async fn an_idle_connection_is_quiet() {
    let server = FakeServer::start(|_, words| if words[0] == "PING" { PONG } else { NIL });
    let connection = open(&server.url());
    assert_eq!(get(&connection, "a").await, Ok(None));
    let pings = || server.seen().iter().filter(|command| *command == "PING").count();
    eventually("PINGs while in use", async || (pings() >= 3).then_some(())).await;
    let quiet = async || {
        let before = pings();
        sleep(Duration::from_millis(1500)).await;
        (pings() - before <= 1).then(pings)
    };
    let before = eventually("hardly a PING when idle", quiet).await;
    assert_eq!(get(&connection, "a").await, Ok(None));
    eventually("PINGs when used again", async || (pings() >= before + 3).then_some(())).await;
}
