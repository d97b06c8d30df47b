//! The connections that a watch has, and leaves alone.

use std::{sync::Arc, time::Duration};

use passport_socketio_native::{
    pipeline::SessionSource,
    redis::{Purpose, RedisSource},
};

use super::{NO_POLL, SEVEN, TestWatch, keys};
use crate::{
    helpers::{self, PROBE, eventually},
    pipeline::target,
    support::test_redis::TestRedis,
};

/// `flags` and `resp` of each connection but those of the test, in the order of their ids.
fn clients(redis: &TestRedis) -> Vec<String> {
    let list: String = redis::from_redis_value(redis.run_line("CLIENT LIST")).unwrap();
    let ours = list.lines().filter(|client| client.contains(" addr=127.0.0.1:"));
    let field = |client: &str, name: &str| {
        client.split(' ').find_map(|field| field.strip_prefix(name)).unwrap_or_default().to_owned()
    };
    ours.map(|client| format!("{} {}", field(client, "flags="), field(client, "resp="))).collect()
}

async fn until_clients(redis: &TestRedis, expected: &[&str]) {
    eventually(&format!("{expected:?}"), async || (clients(redis) == expected).then_some(())).await;
}

#[tokio::test]
async fn look_ups_stay_on_a_connection_of_their_own() {
    let redis = TestRedis::start();
    redis.set("sess:0", SEVEN);
    let at = target(&redis.url());
    let look_ups = RedisSource::open(at.clone(), Purpose::look_ups(PROBE.to_vec()));
    look_ups.fetch(&helpers::keys(["0"]), |_, values| assert!(values.is_ok())).await;
    until_clients(&redis, &["N 2"]).await;
    let watch = TestWatch::open(&at, NO_POLL);
    watch.begin(&keys(1)).await;
    until_clients(&redis, &["N 2", "t 3"]).await;
    drop(watch);
    until_clients(&redis, &["N 2"]).await;
}

/// So that a connection which a firewall has forgotten is noticed soon: nobody asks anything on it.
#[tokio::test]
async fn an_idle_watch_is_asked_each_second_whether_it_lives() {
    let redis = TestRedis::start();
    redis.set("sess:0", SEVEN);
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    watch.begin(&keys(1)).await;
    let pings = || {
        let statistics = redis.info("commandstats");
        let of_ping = statistics.lines().find_map(|line| line.strip_prefix("cmdstat_ping:calls="));
        of_ping.and_then(|rest| rest.split(',').next()).map_or(0, |calls| calls.parse::<u32>().unwrap())
    };
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let twice_in_three_seconds = async || {
        let before = pings();
        tokio::time::sleep(Duration::from_secs(3)).await;
        (pings() - before >= 2).then_some(())
    };
    eventually("PINGs", twice_in_three_seconds).await;
    drop(watch);
}

#[tokio::test]
async fn a_watch_that_is_dropped_on_another_thread_ends() {
    let redis = TestRedis::start();
    redis.set("sess:0", SEVEN);
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    watch.begin(&keys(1)).await;
    let watch = Arc::new(watch);
    let last = watch.clone();
    drop(watch);
    std::thread::spawn(move || drop(last)).join().unwrap();
    until_clients(&redis, &[]).await;
}

#[tokio::test]
async fn a_watch_that_is_dropped_while_it_connects_ends() {
    let redis = TestRedis::start();
    redis.hang();
    let watch = TestWatch::open(&target(&redis.url()), NO_POLL);
    watch.watch(0, "sess:0");
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(watch);
    redis.resume();
    until_clients(&redis, &[]).await;
}
