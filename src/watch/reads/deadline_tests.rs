use super::{super::test_support::*, *};

#[test]
fn the_end_of_the_time_to_live_is_looked_at() {
    let mut registry = watching(&[(0, 1, "a", "7"), (1, 1, "b", "7")]);
    let (batch, _) = take_at(&mut registry, 1_000);
    registry.settle(&batch, vec![stored(Some(TEXT), Some(100)), stored(Some(TEXT), None)], 1_001);
    assert_eq!(registry.next_deadline(), Some(1_101), "one more: PTTL counts whole milliseconds");
    registry.mark_due(1_100);
    assert!(!registry.has_unread());
    registry.mark_due(1_101);
    assert_eq!(read(&mut registry, 1_102, &[("a", None)]), ["0.1 Ended(Expired)"]);
    assert_eq!(registry.next_deadline(), None);
}

#[test]
fn a_deadline_may_move_both_ways() {
    let mut registry = watching(&[(0, 1, "a", "7")]);
    let touch = |registry: &mut Registry, ttl, now| {
        registry.changed(b"a");
        let (batch, _) = take_at(registry, now);
        assert_eq!(registry.settle(&batch, vec![stored(Some(TEXT), ttl)], now), []);
    };
    touch(&mut registry, Some(1_000), 0);
    // Later: it is put back when the first time has come.
    touch(&mut registry, Some(1_000), 500);
    assert_eq!(registry.next_deadline(), Some(1_001));
    registry.mark_due(1_001);
    assert!(!registry.has_unread());
    assert_eq!(registry.next_deadline(), Some(1_501));
    // Earlier.
    touch(&mut registry, Some(10), 1_010);
    assert_eq!(registry.next_deadline(), Some(1_021));
    registry.mark_due(1_021);
    assert!(registry.has_unread());
    // It was a touch in the last moment. The time that was left behind is nobody's.
    touch(&mut registry, Some(5_000), 1_022);
    registry.mark_due(1_501);
    assert!(!registry.has_unread());
    assert_eq!(registry.next_deadline(), Some(6_023));
    // It lives for ever now: one look at the old time finds that.
    touch(&mut registry, None, 2_000);
    registry.mark_due(6_023);
    let (_, keys) = take(&mut registry);
    assert_eq!((keys.len(), registry.next_deadline()), (1, None));
}

#[test]
fn an_answer_that_is_late_does_not_make_an_expiry_look_like_a_log_out() {
    let mut registry = watching(&[(0, 1, "a", "7")]);
    let (batch, _) = take_at(&mut registry, 1_000);
    // The server's answer is of the first moment, and the network has held it back.
    registry.settle(&batch, vec![stored(Some(TEXT), Some(1_000))], 1_800);
    registry.changed(b"a");
    assert_eq!(read(&mut registry, 2_000, &[("a", None)]), ["0.1 Ended(Expired)"]);
    // Or the question: the end is looked for too early, and then in time.
    let mut registry = watching(&[(0, 1, "a", "7")]);
    let (batch, _) = take_at(&mut registry, 1_000);
    registry.settle(&batch, vec![stored(Some(TEXT), Some(1_000))], 1_800);
    registry.mark_due(2_001);
    let (batch, _) = take_at(&mut registry, 2_001);
    assert_eq!(registry.settle(&batch, vec![stored(Some(TEXT), Some(799))], 2_001), []);
    assert_eq!(registry.next_deadline(), Some(2_801));
}

#[test]
fn an_unread_session_keeps_its_deadline() {
    let mut registry = watching(&[(0, 1, "a", "7")]);
    let (batch, _) = take(&mut registry);
    registry.settle(&batch, vec![stored(Some(TEXT), Some(100))], 0);
    registry.mark_due(101);
    let (batch, _) = take(&mut registry);
    registry.settle(&batch, vec![unknown()], 102);
    registry.retry();
    assert_eq!(read(&mut registry, 9_000, &[("a", None)]), ["0.1 Ended(Expired)"]);
}

#[test]
fn a_time_to_live_without_an_end_does_not_overflow() {
    let mut registry = watching(&[(0, 1, "a", "7")]);
    let (batch, _) = take(&mut registry);
    registry.settle(&batch, vec![stored(Some(TEXT), Some(u64::MAX))], 5);
    registry.mark_due(u64::MAX - 1);
    assert!(!registry.has_unread());
}
