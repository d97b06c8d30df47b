use std::sync::atomic::Ordering;

use tokio::time::sleep;

use super::{bench::*, *};

/// Time passes without waiting: the clock stands still while a task can run.
async fn after(time: Duration) {
    sleep(time).await;
}

const SOON: Duration = Duration::from_millis(10);

#[tokio::test(start_paused = true)]
async fn a_session_that_is_gone_is_told() {
    let bench = Bench::open(true);
    bench.set("a", None);
    bench.set("b", None);
    (0..).zip(["a", "b", "c"]).for_each(|(slot, key)| bench.watch(slot, key));
    after(SOON).await;
    assert_eq!(bench.reads(), [["a", "b", "c"]], "gathered, and read at once");
    assert_eq!(bench.told(), ["2.1 Ended(Destroyed)"]);
    assert_eq!((bench.watch.sessions_of(1), bench.watch.is_tracking()), (2, Some(true)));
    bench.delete("b");
    bench.tracker().changed(b"b");
    after(SOON).await;
    assert_eq!(bench.reads(), [["b"]]);
    assert_eq!(bench.told(), ["1.1 Ended(Destroyed)"]);
}

#[tokio::test(start_paused = true)]
async fn one_that_has_been_unwatched_is_not_told() {
    let bench = Bench::open(true);
    bench.watch(0, "a");
    bench.watch.inbox().unwatch(0, 1);
    after(SOON).await;
    assert_eq!((bench.reads(), bench.told()), (Vec::new(), Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn what_was_applied_on_another_thread_is_read_all_the_same() {
    let bench = Bench::open(true);
    after(SOON).await;
    bench.watch(0, "a");
    // This takes it from the inbox.
    assert_eq!(bench.watch.sessions_of(1), 1);
    after(SOON).await;
    assert_eq!(bench.told(), ["0.1 Ended(Destroyed)"]);
}

#[tokio::test(start_paused = true)]
async fn the_time_to_live_ends_a_session_without_a_message() {
    let bench = Bench::open(true);
    bench.set("a", Some(5_000));
    bench.watch(0, "a");
    after(Duration::from_millis(4_990)).await;
    bench.delete("a");
    assert_eq!(bench.reads().len(), 1);
    after(Duration::from_millis(20)).await;
    assert_eq!(bench.told(), ["0.1 Ended(Expired)"]);
}

#[tokio::test(start_paused = true)]
async fn where_nothing_is_told_every_session_is_read_in_time() {
    let bench = Bench::open(false);
    let keys: Vec<_> = (0..100).map(|key| key.to_string()).collect();
    for (slot, key) in (0..).zip(&keys) {
        bench.set(key, None);
        bench.watch(slot, key);
    }
    after(SOON).await;
    bench.reads();
    bench.delete("57");
    after(EVERY + Duration::from_secs(1)).await;
    assert_eq!(bench.told(), ["57.1 Ended(Destroyed)"]);
    let count = bench.reads().concat().len();
    assert!((100..=105).contains(&count), "{count}");
}

#[tokio::test(start_paused = true)]
async fn where_nothing_is_told_sessions_that_end_together_are_told_in_time() {
    let bench = Bench::open(false);
    (0..1_000).for_each(|slot| {
        bench.set(&slot.to_string(), None);
        bench.watch(slot, &slot.to_string());
    });
    after(SOON).await;
    (0..1_000).for_each(|slot| bench.delete(&slot.to_string()));
    after(EVERY + Duration::from_secs(1)).await;
    assert_eq!(bench.told().len(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn where_changes_are_told_the_sweep_is_slow() {
    let bench = Bench::open(true);
    bench.set("a", None);
    bench.watch(0, "a");
    after(EVERY * 9).await;
    assert_eq!(bench.reads().len(), 1);
    bench.delete("a");
    after(EVERY * 2).await;
    assert_eq!(bench.told(), ["0.1 Ended(Destroyed)"]);
}

#[tokio::test(start_paused = true)]
async fn a_mass_is_read_in_batches_of_which_a_few_are_under_way() {
    let bench = Bench::open(true);
    (0..10_000).for_each(|slot| bench.watch(slot, &slot.to_string()));
    after(SOON).await;
    let reads = bench.reads();
    assert!(reads.iter().all(|keys| keys.len() <= BATCH));
    assert_eq!(reads.concat().len(), 10_000);
    assert_eq!(bench.script.most_under_way.load(Ordering::Relaxed), BATCHES);
    assert_eq!(bench.told().len(), 10_000);
    assert_eq!(bench.watch.sessions_of(1), 0);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_ended_while_the_source_is_out_of_reach() {
    let bench = Bench::open(true);
    bench.script.is_down.store(true, Ordering::Relaxed);
    let count = 1_000;
    (0..count).for_each(|slot| bench.watch(slot, &slot.to_string()));
    after(SOON).await;
    assert_eq!(bench.reads().concat().len(), 1_000);
    after(Duration::from_secs(10)).await;
    let tried = bench.reads().concat().len();
    assert!((1_200..1_350).contains(&tried), "a few each half second: {tried}");
    assert_eq!(bench.told(), [""; 0]);
    bench.script.is_down.store(false, Ordering::Relaxed);
    while bench.reads().is_empty() {
        after(SOON).await;
    }
    after(Duration::from_millis(150)).await;
    assert_eq!(bench.told().len(), 1_000, "and all of them soon, also if no connection is made again");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_made_again_reads_all_at_once() {
    let bench = Bench::open(true);
    bench.script.is_down.store(true, Ordering::Relaxed);
    (0..1_000).for_each(|slot| bench.watch(slot, &slot.to_string()));
    after(SOON).await;
    bench.script.is_down.store(false, Ordering::Relaxed);
    bench.tracker().all_changed();
    after(SOON).await;
    assert_eq!(bench.told().len(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn sessions_that_cannot_be_read_do_not_keep_others_waiting() {
    let bench = Bench::open(true);
    bench.script.is_down.store(true, Ordering::Relaxed);
    (0..10_000).for_each(|slot| bench.watch(slot, &slot.to_string()));
    after(Duration::from_millis(500)).await;
    // As in a cluster with a node that is down: this one is elsewhere.
    bench.script.is_down.store(false, Ordering::Relaxed);
    bench.watch(10_000, "elsewhere");
    after(SOON).await;
    // Beside some that the sweep has read again.
    assert!(bench.told().contains(&"10000.1 Ended(Destroyed)".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_never_ends_is_given_up() {
    let bench = Bench::open(true);
    bench.script.hangs.lock().unwrap().insert("a".to_owned());
    bench.watch(0, "a");
    after(SOON).await;
    bench.watch(1, "b");
    after(SOON).await;
    assert_eq!(bench.told(), ["1.1 Ended(Destroyed)"]);
    bench.script.hangs.lock().unwrap().clear();
    after(READ_TIMEOUT + Duration::from_secs(1)).await;
    assert_eq!(bench.told(), ["0.1 Ended(Destroyed)"]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_the_source_ends_nothing() {
    let bench = Bench::open(true);
    bench.script.panics.lock().unwrap().insert("a".to_owned());
    bench.watch(0, "a");
    after(SOON).await;
    assert_eq!(bench.reads(), [["a"]]);
    bench.watch(1, "b");
    after(SOON).await;
    assert_eq!(bench.told(), ["1.1 Ended(Destroyed)"]);
    bench.script.panics.lock().unwrap().clear();
    after(Duration::from_secs(2)).await;
    assert_eq!(bench.told(), ["0.1 Ended(Destroyed)"]);
}

#[tokio::test(start_paused = true)]
async fn it_ends_when_it_is_dropped_on_whatever_thread() {
    let bench = Bench::open(true);
    bench.script.hangs.lock().unwrap().insert("a".to_owned());
    bench.watch(0, "a");
    after(SOON).await;
    let Bench { script, watch, .. } = bench;
    assert!(script.is_open.upgrade().is_some());
    std::thread::spawn(move || drop(watch)).join().unwrap();
    after(SOON).await;
    assert!(script.is_open.upgrade().is_none(), "the source is closed");
}
