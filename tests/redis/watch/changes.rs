//! What is done to the keys of sessions.

use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::{EIGHT, NO_POLL, SEVEN, TestWatch, fill, keys};
use crate::{helpers::eventually, pipeline::target, support::test_redis::TestRedis};

/// Commands, words separated by blanks, and what is then told. `K` is the key.
const CHANGES: [(&str, &str); 22] = [
    ("DEL K", "0 Destroyed"),
    ("UNLINK K", "0 Destroyed"),
    ("GETDEL K", "0 Destroyed"),
    ("EXPIRE K -1", "0 Destroyed"),
    ("PEXPIREAT K 1", "0 Destroyed"),
    ("RENAME K elsewhere", "0 Destroyed"),
    ("MOVE K 3", "0 Destroyed"),
    ("EVAL return(redis.call('DEL',KEYS[1])) 1 K", "0 Destroyed"),
    ("MULTI;DEL K;EXEC", "0 Destroyed"),
    ("MULTI;SET K 8;SET K 7;DEL K;EXEC", "0 Destroyed"),
    ("FLUSHDB", "0 Destroyed"),
    ("FLUSHALL ASYNC", "0 Destroyed"),
    ("SET K not-json", "0 Destroyed"),
    ("SET K null", "0 Destroyed"),
    ("MULTI;DEL K;RPUSH K a;EXEC", "0 Destroyed"),
    (r#"SET K {"cookie":{}}"#, "0 LoggedOut"),
    (r#"SET K {"cookie":{},"passport":{}}"#, "0 LoggedOut"),
    (r#"SET K {"cookie":{},"passport":{"user":8}}"#, "0 7 is 8"),
    (r#"SETEX K 100 {"cookie":{},"passport":{"user":"7"}}"#, r#"0 7 is "7""#),
    (r#"MULTI;DEL K;SET K {"passport":{"user":8}};EXEC"#, "0 7 is 8"),
    ("RENAME other K", "0 7 is 8"),
    ("COPY other K REPLACE", "0 7 is 8"),
];

fn run(redis: &TestRedis, lines: &str) {
    let mut admin = redis.admin();
    for line in lines.split(';') {
        let words: Vec<_> = line.split(' ').map(|word| if word == "K" { "sess:0" } else { word }).collect();
        redis::Cmd::new().arg(words).exec(&mut admin).unwrap();
    }
}

#[tokio::test]
async fn whatever_ends_a_session_is_told() {
    let redis = TestRedis::start();
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    for (lines, expected) in CHANGES {
        redis.set("sess:0", SEVEN);
        redis.set("sess:1", SEVEN);
        redis.set("other", EIGHT);
        watch.begin(&keys(1)).await;
        assert_eq!(watch.told().await, [""; 0], "{lines}");
        run(&redis, lines);
        assert_eq!(watch.hears(1).await, [expected], "{lines}");
        watch.watch.inbox().unwatch(0, 1);
        watch.settle().await;
    }
    assert!(watch.is_tracking().await);
}

#[tokio::test]
async fn what_leaves_the_user_alone_is_not_told() {
    let redis = TestRedis::start();
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    redis.set("sess:0", SEVEN);
    watch.begin(&keys(1)).await;
    for lines in [
        "EXPIRE K 1000",
        "PEXPIRE K 900000",
        "PERSIST K",
        r#"SETEX K 1000 {"cookie":{"expires":"later"},"passport":{"user":7},"views":2}"#,
        r#"MULTI;DEL K;SET K {"passport":{"user":7}};EXEC"#,
        r#"SET K {"passport":{"user":{"id":7,"name":"x"}}}"#,
        "RENAME K a;RENAME a K",
        "SET sess:1 8;DEL sess:1",
        "SELECT 1;SET K 8;DEL K;FLUSHDB",
    ] {
        run(&redis, lines);
        let told = watch.told().await;
        // Between the two renames it may be seen to be gone.
        assert!(told.is_empty() || lines.contains("RENAME"), "{lines}: {told:?}");
        if !told.is_empty() {
            watch.begin(&keys(1)).await;
        }
    }
    run(&redis, "DEL K");
    assert_eq!(watch.hears(1).await, ["0 Destroyed"]);
}

#[tokio::test]
async fn a_user_that_is_switched_twice_is_told_twice() {
    let redis = TestRedis::start();
    redis.set("sess:0", SEVEN);
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    watch.begin(&keys(1)).await;
    redis.set("sess:0", EIGHT);
    assert_eq!(watch.hears(1).await, ["0 7 is 8"]);
    redis.set("sess:0", SEVEN);
    assert_eq!(watch.hears(1).await, ["0 8 is 7"]);
}

#[tokio::test]
async fn many_end_at_once_and_each_is_told_once() {
    let redis = TestRedis::start();
    let keys = keys(3_000);
    fill(&redis, &keys);
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    watch.begin(&keys).await;
    assert_eq!(watch.watch.sessions_of(1), 3_000);
    redis.run_line("FLUSHALL");
    let expected = (0..3_000).map(|slot| format!("{slot} Destroyed"));
    assert!(watch.hears(3_000).await.into_iter().eq(expected));
    assert_eq!(watch.watch.sessions_of(1), 0);
}

#[tokio::test]
async fn a_session_expires_although_the_server_does_not_notice() {
    let redis = TestRedis::with_options(&["--enable-debug-command", "yes"]);
    redis.run_line("DEBUG SET-ACTIVE-EXPIRE 0");
    fill(&redis, &keys(4));
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    redis.run_line("PEXPIRE sess:0 3000");
    redis.run_line("PEXPIRE sess:1 100000");
    watch.begin(&keys(4)).await;
    let begun = Instant::now();
    // One that gets less time meanwhile, and one that gets more.
    redis.run_line("PEXPIRE sess:1 300");
    redis.run_line("PEXPIRE sess:0 200000");
    redis.run_line("PEXPIRE sess:2 300");
    assert_eq!(watch.hears(2).await, ["1 Expired", "2 Expired"]);
    // Its first time is over.
    sleep_until(begun + Duration::from_millis(3100)).await;
    assert_eq!(watch.told().await, [""; 0]);
    redis.run_line("DEL sess:0 sess:3");
    assert_eq!(watch.hears(2).await, ["0 Destroyed", "3 Destroyed"]);
}

#[tokio::test]
async fn a_session_that_is_touched_in_time_lives_on() {
    let redis = TestRedis::start();
    redis.run(&[b"SET", b"sess:0", SEVEN.as_bytes(), b"PX", b"3000"]);
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    watch.begin(&keys(1)).await;
    for _ in 0..32 {
        sleep(Duration::from_millis(100)).await;
        redis.run_line("PEXPIRE sess:0 30000");
    }
    assert_eq!(watch.told().await, [""; 0]);
    redis.run_line("PEXPIRE sess:0 50");
    assert_eq!(watch.hears(1).await, ["0 Expired"]);
}

#[tokio::test]
async fn a_session_that_is_evicted_is_told() {
    let redis = TestRedis::with_options(&["--maxmemory-policy", "allkeys-lru"]);
    redis.set("sess:0", SEVEN);
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    watch.begin(&keys(1)).await;
    let used = redis.info("memory");
    let used: u64 =
        used.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap().trim().parse().unwrap();
    redis.run_line(&format!("CONFIG SET maxmemory {}", used + 500_000));
    for number in 0.. {
        redis.set(format!("filler:{number}"), "x".repeat(10_000));
        if redis.run_line("EXISTS sess:0") == redis::Value::Int(0) {
            break;
        }
    }
    assert_eq!(watch.hears_at_least(1).await, ["0 Destroyed"]);
}

#[tokio::test]
async fn what_no_message_tells_is_found_by_the_sweep() {
    let redis = TestRedis::start();
    fill(&redis, &keys(20));
    let watch = TestWatch::open(&target(&redis.url()), Duration::from_millis(100));
    watch.begin(&keys(20)).await;
    assert!(watch.is_tracking().await);
    redis.run_line("SWAPDB 0 1");
    assert_eq!(watch.hears(20).await.len(), 20);
}

#[tokio::test]
async fn one_that_ends_between_look_up_and_watch_is_told() {
    let redis = TestRedis::start();
    redis.set("sess:0", EIGHT);
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    watch.begin(&keys(2)).await;
    assert_eq!(watch.hears(2).await, ["0 7 is 8", "1 Destroyed"]);
}

#[tokio::test]
async fn one_that_is_written_without_a_pause_is_right_in_the_end() {
    let redis = TestRedis::start();
    redis.set("sess:0", SEVEN);
    redis.set("sess:1", SEVEN);
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    watch.begin(&keys(2)).await;
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let (mut admin, stopped) = (redis.admin(), stop.clone());
    let writer = std::thread::spawn(move || {
        while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
            redis::cmd("SET").arg("sess:0").arg(SEVEN).exec(&mut admin).unwrap();
        }
        redis::cmd("DEL").arg("sess:0").exec(&mut admin).unwrap();
    });
    redis.run_line("DEL sess:1");
    // Others are read meanwhile.
    assert_eq!(watch.hears(1).await, ["1 Destroyed"]);
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(watch.hears(1).await, ["0 Destroyed"]);
    writer.join().unwrap();
}

#[tokio::test]
async fn the_server_forgets_what_nobody_watches() {
    let redis = TestRedis::start();
    let keys = keys(200);
    fill(&redis, &keys);
    let tracked = || {
        let stats = redis.info("stats");
        let line = stats.lines().find_map(|line| line.strip_prefix("tracking_total_keys:"));
        line.unwrap().trim().parse::<usize>().unwrap()
    };
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    watch.begin(&keys).await;
    assert!(tracked() >= 200, "{}", tracked());
    (0..200).for_each(|slot| watch.watch.inbox().unwatch(slot, 1));
    watch.settle().await;
    assert_eq!(watch.watch.sessions_of(1), 0);
    redis.run(&[&[&b"DEL"[..]], &keys.iter().map(String::as_bytes).collect::<Vec<_>>()[..]].concat());
    watch.settle().await;
    eventually("few are left", async || (tracked() < 20).then_some(())).await;
    assert_eq!(watch.told().await, [""; 0]);
}
