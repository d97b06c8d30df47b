use super::{super::primitive::Kind, *};

const ORDER: [u32; 1_000] = [0; 1_000];

fn with_value(number: u32, work: impl FnOnce(NewValue<'_>)) {
    work(NewValue::Value(Primitive { kind: Kind::Number, bytes: &f64::from(number).to_le_bytes() }));
}

#[test]
fn the_entry_of_a_value_without_members_is_reused() {
    let mut column = Column::default();
    with_value(0, |given| column.enter(0, given, &ORDER));
    for number in 1..1_000 {
        with_value(number, |given| column.change(0, given, &ORDER));
    }
    assert_eq!(column.values.room(), 2);
}

#[test]
fn after_a_mass_leave_the_room_is_given_back() {
    let mut column = Column::default();
    for slot in 0..1_000 {
        with_value(slot, |given| column.enter(slot, given, &ORDER));
    }
    for slot in (0..1_000).filter(|slot| slot % 100 != 0) {
        column.leave(slot);
    }
    assert!(column.values.room() < 100);
    for slot in (0..1_000).step_by(100) {
        let id = column.find(Primitive { kind: Kind::Number, bytes: &f64::from(slot).to_le_bytes() });
        assert_eq!(id, Some(column.id(slot)));
        assert!(column.posting(column.id(slot)).is_some_and(|posting| column.slots(posting).eq([slot])));
    }
}

#[test]
fn a_value_without_members_is_not_kept() {
    let mut column = Column::default();
    let secret = Primitive { kind: Kind::Latin1, bytes: &[b'x'; 100] };
    column.enter(0, NewValue::Value(secret), &ORDER);
    column.leave(0);
    assert!(column.values.get(0).is_none_or(|(value, _)| value.bytes.is_empty()));
}
