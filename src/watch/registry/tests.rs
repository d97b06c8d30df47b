use super::{super::test_support::*, *};

#[test]
fn who_watches_is_described_until_they_leave() {
    let mut registry = Registry::default();
    let perspective = registry.perspective_of(1, b"passport", false);
    registry.watch(5, 1, perspective, b"a", b"7");
    registry.watch(0, 1, perspective, b"a", b"7");
    registry.watch(2, 1, perspective, b"b", b"8");
    assert_eq!(registry.describe(5), Some((1, &b"a"[..], &b"7"[..])));
    assert_eq!(registry.describe(2), Some((1, &b"b"[..], &b"8"[..])));
    assert_eq!((registry.describe(1), registry.describe(99)), (None, None));
    assert_eq!((registry.len(), registry.sessions_of(1), registry.sessions_of(2)), (2, 2, 0));
    registry.unwatch(5, 1);
    assert_eq!((registry.describe(5), registry.len()), (None, 2));
    registry.unwatch(0, 1);
    assert_eq!((registry.len(), registry.sessions_of(1)), (1, 1));
    registry.unwatch(2, 1);
    assert!(registry.is_empty());
}

#[test]
fn only_the_turn_that_watches_can_leave() {
    let mut registry = watching(&[(3, 8, "a", "7")]);
    registry.unwatch(3, 7);
    registry.unwatch(3, 9);
    registry.unwatch(4, 8);
    assert_eq!(registry.len(), 1);
    registry.unwatch(3, 8);
    assert!(registry.is_empty());
    registry.unwatch(3, 8);
    assert!(registry.is_empty());
}

#[test]
fn a_slot_that_is_in_use_is_taken_over() {
    let mut registry = watching(&[(3, 1, "a", "7"), (3, 2, "b", "8")]);
    assert_eq!(registry.len(), 1);
    assert_eq!(registry.describe(3), Some((2, &b"b"[..], &b"8"[..])));
    assert_eq!(read(&mut registry, 0, &[("a", None), ("b", None)]), ["3.2 Ended(Destroyed)"]);
    // And by a watcher of the same session.
    let mut registry = watching(&[(3, 1, "a", "7"), (3, 2, "a", "7")]);
    assert_eq!((registry.len(), registry.sessions_of(1)), (1, 1));
    assert_eq!(read(&mut registry, 0, &[("a", None)]), ["3.2 Ended(Destroyed)"]);
}

#[test]
fn an_owner_leaves_with_all_its_watchers() {
    let mut registry = Registry::default();
    let names = [(1, "passport"), (1, "other"), (2, "passport")];
    for (slot, (owner, name)) in (0..).zip(names) {
        let perspective = registry.perspective_of(owner, name.as_bytes(), false);
        registry.watch(slot, 1, perspective, b"a", b"7");
        registry.watch(slot + 10, 1, perspective, name.as_bytes(), b"7");
    }
    // A session counts once for each name under which the owner finds users there.
    assert_eq!((registry.sessions_of(1), registry.sessions_of(2), registry.len()), (4, 2, 3));
    registry.remove_owner(1);
    assert_eq!((registry.sessions_of(1), registry.sessions_of(2), registry.len()), (0, 2, 2));
    assert_eq!(registry.describe(2), Some((1, &b"a"[..], &b"7"[..])));
    registry.remove_owner(1);
    registry.remove_owner(2);
    assert!(registry.is_empty());
}

#[test]
fn the_perspective_of_an_owner_that_has_left_is_used_again() {
    let mut registry = Registry::default();
    let first = registry.perspective_of(1, b"passport", false);
    assert_eq!(registry.perspective_of(1, b"passport", false), first);
    assert_ne!(registry.perspective_of(1, b"other", false), first);
    assert_ne!(registry.perspective_of(2, b"passport", false), first);
    registry.remove_owner(1);
    for owner in 3..1_000 {
        let perspective = registry.perspective_of(owner, b"passport", false);
        registry.watch(0, owner, perspective, b"a", b"7");
        assert_eq!(registry.sessions_of(owner), 1);
        registry.remove_owner(owner);
    }
    assert_eq!(registry.perspectives.len(), 3);
    assert!(registry.is_empty());
}

#[test]
fn a_hundred_thousand_watchers_give_their_memory_back() {
    let mut registry = Registry::default();
    let perspective = registry.perspective_of(1, b"passport", false);
    for slot in 0..100_000 {
        registry.watch(slot, 1, perspective, format!("sess:{slot}").as_bytes(), b"7");
    }
    assert_eq!((registry.len(), registry.sessions_of(1)), (100_000, 100_000));
    (0..100_000).for_each(|slot| registry.unwatch(slot, 1));
    assert!(registry.take_unread(64, 0).keys.is_empty());
    assert!(registry.is_empty() && !registry.has_unread());
    assert_eq!(registry.sessions.end(), 0);
    assert!(registry.sessions.room() < 2_000, "{}", registry.sessions.room());
    assert!(registry.watchers.room() < 100, "{}", registry.watchers.room());
}

#[test]
fn sessions_that_come_and_go_leave_nothing_behind() {
    let mut registry = Registry::default();
    let perspective = registry.perspective_of(1, b"passport", false);
    let day = 24 * 3600 * 1000;
    for turn in 0..20_000 {
        registry.watch(turn % 10, turn, perspective, format!("sess:{turn}").as_bytes(), b"7");
        // Read, and so with a deadline in a day.
        let batch = registry.take_unread(64, u64::from(turn));
        let readings = (0..batch.keys.len()).map(|_| stored(Some(TEXT), Some(day))).collect();
        assert_eq!(registry.settle(&batch, readings, u64::from(turn)), []);
    }
    assert_eq!((registry.len(), registry.sessions_of(1)), (10, 10));
    assert!(registry.sessions.end() <= 20, "{}", registry.sessions.end());
    assert!(registry.unread.deadlines.len() <= 100, "{}", registry.unread.deadlines.len());
    let next = registry.next_deadline().unwrap();
    assert!(next >= day + 19_000, "the deadlines that are left are those of the living: {next}");
}
