//! Changes and questions at random.

use super::{pair::Pair, random::Random};

/// `most`: members; `variety`: how many different numbers they have beside the odd values.
pub fn run(random: &mut Random, steps: usize, most: usize, variety: usize) {
    let mut pair = Pair::with_one_column();
    for _ in 0..steps {
        step(random, &mut pair, most, variety);
        assert_eq!(pair.index.len(), pair.model.members.len());
    }
}

fn step(random: &mut Random, pair: &mut Pair, most: usize, variety: usize) {
    let (there, columns, groups) = (pair.model.members.len(), pair.model.columns, pair.model.groups.len());
    match random.below(100) {
        0 if columns < 5 => pair.add_column(),
        1 if groups < 6 => {
            let mut columns: Vec<u32> = (0..).take(columns).filter(|_| random.is(70)).collect();
            if random.is(50) {
                columns.reverse();
            }
            pair.add_group(columns);
        }
        2 if there == most => {
            while pair.model.members.len() > most / 20 {
                pair.leave(random.below(pair.model.members.len()));
            }
        }
        0..45 if there < most => {
            let count = random.below(5);
            pair.enrol(random.number(groups), random.number(3), random.values(count, variety));
        }
        45..60 if there > 0 => pair.leave(random.below(there)),
        60..75 if there > 0 => {
            let count = random.below(5);
            let place = random.below(there);
            let group = if random.is(50) { pair.model.members[place].group } else { random.number(groups) };
            pair.update(place, group, random.values(count, variety));
        }
        75..98 => ask(random, pair, variety),
        98.. => pair.check_distinct(random.number(columns), random.number(groups)),
        _ => {}
    }
}

fn ask(random: &mut Random, pair: &Pair, variety: usize) {
    let wanted = (0..random.below(4))
        .map(|_| {
            let count = if random.is(50) { 1 } else { random.below(40) };
            (random.number(pair.model.columns), random.values(count, variety))
        })
        .collect();
    let namespace = random.is(60).then(|| random.number(4));
    let slots = pair.model.members.len() + 3;
    let list: Vec<_> =
        (0..random.below(50)).map(|_| if random.is(90) { random.number(slots) } else { u32::MAX }).collect();
    pair.check(namespace, &wanted, &list);
}
