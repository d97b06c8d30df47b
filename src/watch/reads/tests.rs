use super::{super::test_support::*, *};

/// Keys that have to be read now, which are then read as being there.
fn unread(registry: &mut Registry) -> Vec<String> {
    let (batch, keys) = take(registry);
    let readings = keys.iter().map(|_| stored(Some(TEXT), None)).collect();
    assert_eq!(registry.settle(&batch, readings, 0), []);
    keys
}

#[test]
fn to_watch_is_to_read() {
    let mut registry = watching(&[(0, 1, "a", "7"), (1, 1, "b", "7"), (2, 1, "a", "7")]);
    assert_eq!(unread(&mut registry), ["a", "b"]);
    assert!(!registry.has_unread());
    let perspective = registry.perspective_of(1, b"passport", false);
    registry.watch(3, 1, perspective, b"b", b"7");
    assert_eq!(unread(&mut registry), ["b"], "it may have ended since its look-up");
}

#[test]
fn a_change_is_read_once_however_often_it_is_told() {
    let mut registry = watching(&[(0, 1, "a", "7"), (1, 1, "b", "7")]);
    unread(&mut registry);
    (0..3).for_each(|_| registry.changed(b"b"));
    registry.changed(b"c");
    assert_eq!(unread(&mut registry), ["b"]);
    registry.changed_where(|key| key == b"a");
    assert_eq!(unread(&mut registry), ["a"]);
}

#[test]
fn what_is_gone_is_told_to_each_watcher_once() {
    let mut registry = watching(&[(0, 4, "a", "7"), (1, 5, "a", "7"), (2, 6, "b", "7")]);
    let events = read(&mut registry, 0, &[("a", None), ("b", Some(TEXT))]);
    assert_eq!(events, ["1.5 Ended(Destroyed)", "0.4 Ended(Destroyed)"]);
    assert_eq!((registry.len(), registry.sessions_of(1)), (1, 1));
    registry.changed(b"a");
    assert!(!registry.has_unread(), "nobody watches it any more");
}

#[test]
fn another_user_is_told_and_watched_from_then_on() {
    let mut registry = watching(&[(0, 1, "a", "7"), (1, 1, "a", "7"), (2, 1, "a", "8")]);
    let text = |user: &str| format!(r#"{{"passport":{{"user":{user}}}}}"#);
    assert_eq!(read(&mut registry, 0, &[("a", Some(&text("7")))]), ["2.1 8 is 7"]);
    registry.changed(b"a");
    assert_eq!(read(&mut registry, 0, &[("a", Some(&text("7")))]), [""; 0]);
    registry.changed(b"a");
    let mut events = read(&mut registry, 0, &[("a", Some(&text(r#"{"id":9,"name":"x"}"#)))]);
    events.sort();
    assert_eq!(events, ["0.1 7 is 9", "1.1 7 is 9", "2.1 7 is 9"]);
    assert_eq!(registry.describe(0), Some((1, &b"a"[..], &b"9"[..])));
    registry.changed(b"a");
    assert_eq!(read(&mut registry, 0, &[("a", Some(&text(r#"{"id":9,"name":"y"}"#)))]), [""; 0]);
}

#[test]
fn an_owner_that_keeps_its_watchers_is_told_until_it_decides() {
    let mut registry = watching(&[(0, 1, "a", "7")]);
    let keeping = registry.perspective_of(2, b"passport", true);
    registry.watch(1, 4, keeping, b"a", b"7");
    let eight = r#"{"passport":{"user":8}}"#;
    let mut events = read(&mut registry, 0, &[("a", Some(eight))]);
    events.sort();
    assert_eq!(events, ["0.1 7 is 8", "1.4 7 is 8"]);
    registry.changed(b"a");
    assert_eq!(read(&mut registry, 0, &[("a", Some(eight))]), ["1.4 7 is 8"]);
    registry.changed(b"a");
    let mut events = read(&mut registry, 0, &[("a", None)]);
    events.sort();
    assert_eq!(events, ["0.1 Ended(Destroyed)", "1.4 Ended(Destroyed)"]);
    assert_eq!(registry.describe(1), Some((4, &b"a"[..], &b"7"[..])));
    assert_eq!((registry.sessions_of(1), registry.sessions_of(2)), (0, 1));
    registry.changed(b"a");
    assert_eq!(read(&mut registry, 0, &[("a", Some(TEXT))]), [""; 0], "it is there again");
    registry.unwatch(1, 4);
    assert!(registry.is_empty());
}

#[test]
fn each_perspective_has_its_own_user() {
    let mut registry = watching(&[(0, 1, "a", "7")]);
    let other = registry.perspective_of(2, b"other", false);
    registry.watch(1, 1, other, b"a", b"8");
    let both = r#"{"passport":{"user":7},"other":{"user":8}}"#;
    assert_eq!(read(&mut registry, 0, &[("a", Some(both))]), [""; 0]);
    registry.changed(b"a");
    assert_eq!(read(&mut registry, 0, &[("a", Some(TEXT))]), ["1.1 Ended(LoggedOut)"]);
    assert_eq!((registry.sessions_of(1), registry.sessions_of(2), registry.len()), (1, 0, 1));
}

#[test]
fn a_reading_that_a_message_has_overtaken_is_not_believed() {
    let mut registry = watching(&[(0, 1, "a", "7"), (1, 1, "b", "7")]);
    let (batch, keys) = take(&mut registry);
    assert_eq!(keys, ["a", "b"]);
    registry.changed(b"a");
    assert!(!registry.has_unread(), "it is read again when the reading has come");
    let readings = vec![stored(None, None), stored(None, None)];
    assert_eq!(told(registry.settle(&batch, readings, 0)), ["1.1 Ended(Destroyed)"]);
    assert_eq!(unread(&mut registry), ["a"]);
}

#[test]
fn a_watcher_that_begins_during_a_reading_has_one_of_its_own() {
    let mut registry = watching(&[(0, 1, "a", "7")]);
    let (batch, _) = take(&mut registry);
    let perspective = registry.perspective_of(1, b"passport", false);
    registry.watch(1, 1, perspective, b"a", b"7");
    assert_eq!(registry.settle(&batch, vec![stored(None, None)], 0), []);
    assert_eq!(unread(&mut registry), ["a"]);
}

#[test]
fn a_number_is_not_used_again_while_its_session_is_being_read() {
    let mut registry = watching(&[(0, 1, "a", "7")]);
    let (batch, _) = take(&mut registry);
    registry.unwatch(0, 1);
    // The same session again, and another one.
    let perspective = registry.perspective_of(1, b"passport", false);
    registry.watch(0, 2, perspective, b"a", b"7");
    registry.watch(1, 1, perspective, b"b", b"7");
    assert_eq!(registry.settle(&batch, vec![stored(None, None)], 0), [], "a reading of before");
    assert_eq!(unread(&mut registry), ["a", "b"]);
    registry.watch(2, 1, perspective, b"c", b"7");
    assert_eq!(registry.sessions.end(), 3, "its number is free now");
}

#[test]
fn what_nobody_watches_any_more_is_not_read() {
    let mut registry = watching(&[(0, 1, "a", "7"), (1, 1, "b", "7")]);
    registry.unwatch(0, 1);
    assert_eq!(unread(&mut registry), ["b"]);
}

#[test]
fn batches_are_no_larger_than_wanted_and_in_the_order_of_the_messages() {
    let mut registry = watching(&[(0, 1, "a", "7"), (1, 1, "b", "7"), (2, 1, "c", "7")]);
    let (first, second) = (registry.take_unread(2, 0), registry.take_unread(2, 0));
    assert_eq!((first.keys.len(), second.keys.len()), (2, 1));
    registry.changed(b"c");
    registry.changed(b"a");
    // In any order, too.
    assert_eq!(registry.settle(&second, vec![stored(Some(TEXT), None)], 0), []);
    assert_eq!(registry.settle(&first, vec![stored(Some(TEXT), None), stored(Some(TEXT), None)], 0), []);
    assert_eq!(unread(&mut registry), ["c", "a"]);
}

#[test]
fn one_that_is_written_without_a_pause_does_not_keep_others_waiting() {
    let mut registry = watching(&[(0, 1, "busy", "7")]);
    for round in 0..100 {
        let batch = registry.take_unread(1, 0);
        registry.changed(b"busy");
        assert_eq!(registry.settle(&batch, vec![stored(None, None)], 0), []);
        let key = format!("{round}");
        let perspective = registry.perspective_of(1, b"passport", false);
        registry.watch(1, round, perspective, key.as_bytes(), b"7");
        registry.changed(b"busy");
        let turns: Vec<_> = (0..2).map(|_| registry.take_unread(1, 0)).collect();
        let is_its = |batch: &Batch| batch.keys.get(0) == Some(key.as_bytes());
        assert!(turns.iter().any(is_its), "it has its turn after one reading of the other");
        registry.changed(b"busy");
        for batch in &turns {
            registry.settle(batch, vec![stored(Some(TEXT), None)], 0);
        }
    }
    // The writes stop.
    assert_eq!(read(&mut registry, 0, &[("busy", None)]), ["0.1 Ended(Destroyed)"]);
}

#[test]
fn what_could_not_be_read_says_nothing_and_is_tried_again() {
    let mut registry = watching(&[(0, 1, "a", "7"), (1, 1, "b", "7"), (2, 1, "c", "7")]);
    let (batch, _) = take(&mut registry);
    // None of `c`: the reading broke off.
    assert_eq!(registry.settle(&batch, vec![stored(Some(TEXT), None), unknown()], 0), []);
    assert!(registry.has_failed() && !registry.has_unread());
    registry.retry();
    assert!(!registry.has_failed());
    let (batch, keys) = take(&mut registry);
    assert_eq!(keys, ["b", "c"]);
    assert_eq!(registry.settle(&batch, Vec::new(), 0), []);
    assert!(registry.has_failed());
    registry.unwatch(1, 1);
    registry.retry();
    assert_eq!(unread(&mut registry), ["c"]);
    registry.retry();
    assert!(!registry.has_unread() && !registry.has_failed());
}

#[test]
fn a_connection_that_is_made_again_reads_what_could_not_be_read() {
    let mut registry = watching(&[(0, 1, "a", "7"), (1, 1, "b", "7")]);
    let (batch, _) = take(&mut registry);
    registry.settle(&batch, vec![stored(Some(TEXT), None), unknown()], 0);
    registry.changed_where(|_| false);
    assert_eq!(unread(&mut registry), ["b"]);
}

#[test]
fn of_many_that_cannot_be_read_a_few_are_tried_until_one_can() {
    let mut registry = Registry::default();
    let perspective = registry.perspective_of(1, b"passport", false);
    for slot in 0..1_000 {
        registry.watch(slot, 1, perspective, format!("sess:{slot}").as_bytes(), b"7");
    }
    let fail = |registry: &mut Registry| {
        let mut count = 0;
        while registry.has_unread() {
            let (batch, keys) = take(registry);
            count += keys.len();
            registry.settle(&batch, Vec::new(), 0);
        }
        count
    };
    assert_eq!(fail(&mut registry), 1_000);
    let mut tried = std::collections::BTreeSet::new();
    for _ in 0..=1_000 / TRIED_AGAIN {
        registry.retry();
        let (batch, keys) = take(&mut registry);
        assert_eq!(keys.len(), TRIED_AGAIN);
        tried.extend(keys);
        registry.settle(&batch, Vec::new(), 0);
        assert!(registry.has_failed());
    }
    assert_eq!(tried.len(), 1_000, "each has its turn");
    registry.retry();
    let (batch, _) = take(&mut registry);
    registry.settle(&batch, (0..TRIED_AGAIN).map(|_| stored(Some(TEXT), None)).collect(), 0);
    registry.retry();
    assert_eq!(fail(&mut registry), 1_000 - TRIED_AGAIN, "and then all at once");
}

#[test]
fn a_sweep_covers_all_in_one_round_and_none_twice() {
    let mut registry = watching(&[]);
    let perspective = registry.perspective_of(1, b"passport", false);
    for slot in 0..20 {
        registry.watch(slot, 1, perspective, &[b'a' + slot.to_le_bytes()[0]], b"7");
    }
    unread(&mut registry);
    (3..8).for_each(|slot| registry.unwatch(slot, 1));
    for _ in 0..3 {
        let mut swept: Vec<_> = std::iter::repeat_with(|| {
            registry.sweep(5);
            unread(&mut registry)
        })
        .take(3)
        .flatten()
        .collect();
        assert_eq!(swept.len(), 15);
        swept.sort();
        swept.dedup();
        assert_eq!(swept.len(), 15);
    }
    registry.sweep(0);
    assert!(!registry.has_unread());
    registry.sweep(99);
    assert_eq!(unread(&mut registry).len(), 15);
    Registry::default().sweep(5);
}
