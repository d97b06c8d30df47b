//! Vectors with little spare room. They grow by a quarter, and give room back after many items were removed.

/// Below this room nothing is given back.
const LEAST: usize = 64;

/// Writes the item at `index`, which is inside the vector or at its end.
pub fn put<T>(vec: &mut Vec<T>, index: usize, item: T) {
    match vec.get_mut(index) {
        Some(place) => *place = item,
        None => push(vec, item),
    }
}

/// Appends an item. The room grows by a quarter, where `Vec::push` doubles it.
pub fn push<T>(vec: &mut Vec<T>, item: T) {
    if vec.len() == vec.capacity() {
        vec.reserve_exact((vec.len() / 4).max(LEAST));
    }
    vec.push(item);
}

/// Shortens the vector. If it then uses less than half of its room, the rest is given back.
pub fn truncate<T>(vec: &mut Vec<T>, length: usize) {
    vec.truncate(length);
    if vec.capacity() > LEAST && vec.len() < vec.capacity() / 2 {
        vec.shrink_to((vec.len() + vec.len() / 4).max(LEAST));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_a_quarter_in_spare_at_most() {
        let mut vec = Vec::new();
        for number in 0..10_000 {
            push(&mut vec, number);
            assert!(vec.capacity() <= (vec.len() + vec.len() / 4).max(vec.len() + LEAST));
        }
        truncate(&mut vec, 1_000);
        assert_eq!(vec.capacity(), 1_250);
        truncate(&mut vec, 0);
        assert_eq!(vec.capacity(), LEAST);
    }
}
