//! What a look-up finds.

use std::time::Duration;

use passport_socketio_native::{pipeline::Keys, redis::CHUNK};
use tokio::time::sleep;

use crate::{
    helpers::{fetch_all, get, keys, open, text, value},
    support::test_redis::TestRedis,
};

#[tokio::test]
async fn found_and_missing() {
    let redis = TestRedis::start();
    redis.set("sess:a", "1");
    let connection = open(&redis.url());
    assert_eq!(get(&connection, "a").await, value("1"));
    assert_eq!(get(&connection, "b").await, Ok(None));
    let handle = connection.connection().await.unwrap();
    assert_eq!(fetch_all(&handle, &keys(["b", "a"])).await, [Ok(None), value("1")]);
    assert_eq!(fetch_all(&handle, &Keys::default()).await, []);
    assert!(connection.is_up());
    assert_eq!(connection.reconnects(), 0);
}

#[tokio::test]
async fn a_thousand_keys_come_in_order() {
    let redis = TestRedis::start();
    let mut fill = redis::pipe();
    for number in (0..1000).filter(|number: &usize| !number.is_multiple_of(3)) {
        fill.cmd("SET").arg(format!("sess:{number}")).arg(format!("value {number}")).ignore();
    }
    fill.exec(&mut redis.admin()).unwrap();
    let connection = open(&redis.url());
    let handle = connection.connection().await.unwrap();
    let expected =
        |number: usize| if number.is_multiple_of(3) { Ok(None) } else { value(&format!("value {number}")) };
    for count in [2, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 1, 1000] {
        let answers = fetch_all(&handle, &keys((0..count).map(|number| number.to_string()))).await;
        assert!(answers.into_iter().eq((0..count).map(expected)), "{count} keys");
    }
    let twice = fetch_all(&handle, &keys(["1", "0", "1", "1"])).await;
    assert_eq!(twice, [expected(1), expected(0), expected(1), expected(1)]);
}

#[tokio::test]
async fn values_and_keys_are_bytes() {
    let redis = TestRedis::start();
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    redis.set([b"sess:", &b"\x00\xff\r\n$5\r\n"[..]].concat(), &bytes);
    redis.set("sess:empty", "");
    let connection = open(&redis.url());
    let handle = connection.connection().await.unwrap();
    let answers = fetch_all(&handle, &keys([&b"\x00\xff\r\n$5\r\n"[..], b"empty"])).await;
    assert_eq!(answers, [Ok(Some(bytes)), value("")]);
}

#[tokio::test]
async fn a_key_of_another_type_fails_alone() {
    let redis = TestRedis::start();
    redis.set("sess:a", "1");
    redis.run_line("LPUSH sess:list x");
    let connection = open(&redis.url());
    assert!(text(get(&connection, "list").await).starts_with("WRONGTYPE "));
    let handle = connection.connection().await.unwrap();
    // MGET calls it missing, which refuses the visitor just as well.
    assert_eq!(fetch_all(&handle, &keys(["list", "a"])).await, [Ok(None), value("1")]);
}

#[tokio::test]
async fn a_user_who_may_only_get() {
    let redis = TestRedis::start();
    redis.run_line("ACL SETUSER reader on >pw ~sess:* +get");
    for number in 0..200 {
        redis.set(format!("sess:{number}"), number.to_string());
    }
    redis.run_line("LPUSH sess:list x");
    let connection = open(&redis.url().replace("//", "//reader:pw@"));
    let handle = connection.connection().await.unwrap();
    let wanted = keys((0..200).map(|number| number.to_string()));
    let refused =
        || redis.info("commandstats").lines().find(|line| line.contains("_mget:")).map(ToString::to_string);
    let mut after_first = None;
    for _ in 0..2 {
        let answers = fetch_all(&handle, &wanted).await;
        assert!(answers.into_iter().eq((0..200).map(|number| value(&number.to_string()))));
        assert_eq!(*after_first.get_or_insert_with(refused), refused(), "the refusal is remembered");
    }
    let mut mixed = keys(["1", "list"]);
    mixed.push(b"other:", b"1");
    let answers = fetch_all(&handle, &mixed).await;
    assert_eq!(answers[0], value("1"));
    assert!(text(answers[1].clone()).starts_with("WRONGTYPE "));
    assert!(text(answers[2].clone()).starts_with("NOPERM "));
    // PING is refused too, which is an answer.
    sleep(Duration::from_millis(1500)).await;
    assert!(connection.is_up());
    assert_eq!(connection.reconnects(), 0);
}
