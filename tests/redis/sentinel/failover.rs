//! Masters that are replaced. One set of servers serves all tests, each as master once.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use super::options;
use crate::{
    load::{Client, eventually, faults},
    support::test_sentinel::{NAME, Sentinel, TestSentinel},
};

#[test]
fn sentinel_failover() {
    let mut all = TestSentinel::start();
    let keys: Vec<_> = (0..100).map(|number| format!("sess:{number}")).collect();
    for key in &keys {
        all.server(0).set(key, key);
    }
    all.server(0).run_line("WAIT 2 5000");
    // It knows of the others, which are needed when it hangs itself.
    let client = Client::open(&options(&[all.sentinels()[0].port()]));
    assert_eq!(faults(&client.fetch(&keys)), [""; 0]);
    connections_that_are_killed(&all, &client, &keys);
    a_failover_that_is_ordered(&all, &client, &keys);
    let killed = settle(&all, &[0, 1, 2]);
    a_master_that_is_killed(&mut all, killed, &client, &keys);
    let others: Vec<_> = (0..3).filter(|server| *server != killed).collect();
    let hung = settle(&all, &others);
    a_master_that_hangs(&all, hung, &client, &keys);
    without_sentinels(&mut all, 3 - killed - hung, &client, &keys);
}

fn connections_that_are_killed(all: &TestSentinel, client: &Client, keys: &[String]) {
    // Old enough that their end is taken for an accident.
    sleep(Duration::from_millis(1_200));
    let load = client.load(keys, 4);
    load.until_right(500);
    all.server(0).run_line("CLIENT KILL TYPE normal SKIPME yes");
    let tally = load.until_right(5_000);
    load.end();
    assert_eq!((tally.wrong, tally.failed), (0, 0), "{:?}", tally.faults);
    assert_eq!(client.source().reconnects(), 1);
}

/// It closes no connection: the old master goes on to answer.
fn a_failover_that_is_ordered(all: &TestSentinel, client: &Client, keys: &[String]) {
    // Old enough that leaving it is taken for an accident.
    sleep(Duration::from_millis(1_200));
    let load = client.load(keys, 4);
    load.until_right(500);
    let ordered: String = all.sentinels()[0].run(&["FAILOVER", NAME]).unwrap();
    assert_eq!(ordered, "OK");
    let new = all.wait_for_another_master(0);
    wait_until_served_by(all, new, client, keys);
    let tally = load.until_right(1_000);
    load.end();
    assert_eq!((tally.wrong, tally.failed), (0, 0), "{:?}", tally.faults);
}

fn a_master_that_is_killed(all: &mut TestSentinel, master: usize, client: &Client, keys: &[String]) {
    all.server_mut(master).kill();
    let start = Instant::now();
    let mut failed = 0;
    while let texts = faults(&client.fetch(keys))
        && !texts.is_empty()
    {
        failed += 1;
        assert!(start.elapsed() < Duration::from_secs(20), "{texts:?}");
        sleep(Duration::from_millis(1));
    }
    assert!(failed > 20, "each of them at once: {failed}");
    client.recovers(keys);
}

/// And the only Sentinel with it that was known beforehand.
fn a_master_that_hangs(all: &TestSentinel, master: usize, client: &Client, keys: &[String]) {
    all.sentinels()[0].hang();
    all.server(master).hang();
    let texts = faults(&client.fetch(keys));
    // Or none, when the Sentinels were as quick.
    assert!(texts.iter().all(|text| text.contains("no answer")), "{texts:?}");
    client.recovers(keys);
}

/// They are needed to find a master, not to use it.
fn without_sentinels(all: &mut TestSentinel, master: usize, client: &Client, keys: &[String]) {
    all.sentinels_mut().iter_mut().for_each(Sentinel::kill);
    let load = client.load(keys, 4);
    // They are missed at least once.
    sleep(Duration::from_secs(2));
    let tally = load.until_right(500);
    load.end();
    assert_eq!((tally.wrong, tally.failed), (0, 0), "{:?}", tally.faults);
    all.server(master).run_line("CLIENT KILL TYPE normal SKIPME yes");
    eventually("the Sentinels are missed", || {
        faults(&client.fetch(keys)).first().is_some_and(|text| text.contains("Sentinel 127.0.0.1:"))
    });
}

/// All connections of look-ups are at this server: the others' are not used.
fn wait_until_served_by(all: &TestSentinel, master: usize, client: &Client, keys: &[String]) {
    let looked_up = |index: usize| -> u64 {
        let stats = all.server(index).info("stats");
        let line = stats.lines().find_map(|line| line.strip_prefix("keyspace_hits:"));
        line.unwrap().trim().parse().unwrap()
    };
    eventually("look-ups are at the new master", || {
        let before = looked_up(master);
        client.fetch(keys);
        looked_up(master) >= before + 100
    });
}

/// Waits until the Sentinels are done with the last failover and those that are `alive` follow the master, as the next one
/// needs. Gives the master. Sentinel takes ten seconds to order a replica back, so we do.
fn settle(all: &TestSentinel, alive: &[usize]) -> usize {
    let follows = |replica: usize, master: usize| {
        let (info, port) = (all.server(replica).info("replication"), all.server(master).port());
        let is_told = info.contains(&format!("master_port:{port}"));
        if !is_told {
            all.server(replica).run_line(&format!("REPLICAOF 127.0.0.1 {port}"));
        }
        is_told && info.contains("master_link_status:up")
    };
    let mut settled = 0;
    eventually("the Sentinels and the servers agree", || {
        let Some(master) = all.named_master().filter(|master| alive.contains(master) && all.is_calm()) else {
            return false;
        };
        settled = master;
        alive.iter().all(|server| *server == master || follows(*server, master))
    });
    settled
}
