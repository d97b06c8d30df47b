//! Numbers and values, from whatever makes the choices: a seed here, a fuzzer's bytes there.

use super::model::Js;

/// Where choices come from.
pub struct Random {
    next: Box<dyn FnMut() -> usize>,
    odd_values: Vec<Js>,
}

impl Random {
    pub fn new(next: impl FnMut() -> usize + 'static) -> Self {
        Self { next: Box::new(next), odd_values: odd_values() }
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next)() % limit
    }

    pub fn number(&mut self, limit: usize) -> u32 {
        u32::try_from(self.below(limit)).unwrap()
    }

    pub fn is(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a few values that are easily mistaken for one another, or one of `variety` numbers.
    pub fn value(&mut self, variety: usize) -> Js {
        if self.is(40) {
            return Js::Number(f64::from(self.number(variety)));
        }
        let place = self.below(self.odd_values.len());
        self.odd_values[place].clone()
    }

    pub fn values(&mut self, count: usize, variety: usize) -> Vec<Js> {
        (0..count).map(|_| self.value(variety)).collect()
    }
}

/// Values on the edges of kinds and lengths.
pub fn odd_values() -> Vec<Js> {
    let long = |last: &str| Js::string(&("x".repeat(200) + last));
    let mut values = vec![
        Js::Undefined,
        Js::Null,
        Js::Boolean(false),
        Js::Boolean(true),
        Js::Number(0.0),
        Js::Number(-0.0),
        Js::Number(f64::NAN),
        Js::Number(-f64::NAN),
        Js::Number(f64::INFINITY),
        Js::Number(f64::MIN_POSITIVE / 4.0),
        Js::Number(42.0),
        Js::BigInt(false, vec![42]),
        Js::BigInt(true, vec![42]),
        Js::BigInt(false, vec![]),
        Js::BigInt(false, vec![42, 1]),
        Js::BigInt(true, vec![42, 1]),
        Js::BigInt(false, (1..20).collect()),
        Js::string(""),
        Js::string("0"),
        Js::string("42"),
        Js::string("null"),
        Js::string("admin"),
        Js::string("admin\0"),
        Js::string("é"),
        Js::string("Ļ"),
        Js::string(";"),
        Js::string("Ā"),
        Js::string("\0"),
        Js::string("\u{fffd}"),
        Js::String(vec![0xd800]),
        Js::String(vec![0xdc00]),
        Js::String(vec![0xdc00, 0xd800]),
        Js::string("𐀀"),
        Js::string("65f0c1a2b3d4e5f600000001"),
        Js::string("65F0C1A2B3D4E5F600000001"),
        Js::string("65f0c1a2b3d4e5f6000000010"),
        Js::string("065f0c1a2b3d4e5f600000001"),
        long("a"),
        long("b"),
        long("Ļ"),
    ];
    values.extend([12, 13, 14, 39, 40, 41, 255, 256].map(|length| Js::string(&"y".repeat(length))));
    values.extend((13..=27).map(|length| Js::string(&"0".repeat(length))));
    values.extend([6, 7, 20, 21].map(|length| Js::string(&"Ļ".repeat(length))));
    values
}
