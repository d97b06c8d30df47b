//! The obvious index: a list of members, looked through for every question.

use passport_socketio_native::core::index::primitive::{Decoded, Primitives};

/// A JavaScript value.
#[derive(Clone, Debug)]
pub enum Js {
    Undefined,
    Null,
    Boolean(bool),
    Number(f64),
    String(Vec<u16>),
    BigInt(bool, Vec<u64>),
}

impl Js {
    pub fn string(text: &str) -> Self {
        Self::String(text.encode_utf16().collect())
    }

    /// JavaScript's `===`, with `undefined` as what equals nothing.
    pub fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Boolean(one), Self::Boolean(other)) => one == other,
            (Self::Number(one), Self::Number(other)) => one == other,
            (Self::String(one), Self::String(other)) => one == other,
            (Self::BigInt(sign, words), Self::BigInt(other_sign, other_words)) => {
                (sign, words) == (other_sign, other_words)
            }
            _ => false,
        }
    }

    pub fn push(&self, values: &mut Primitives) {
        match self {
            Self::Undefined => values.push_other(),
            Self::Null => values.push_null(),
            Self::Boolean(boolean) => values.push_boolean(*boolean),
            Self::Number(number) => values.push_number(*number),
            Self::String(units) => values.push_string(units),
            Self::BigInt(is_negative, words) => values.push_bigint(*is_negative, words),
        }
    }
}

impl From<Decoded<'_>> for Js {
    fn from(decoded: Decoded<'_>) -> Self {
        match decoded {
            Decoded::Null => Self::Null,
            Decoded::Boolean(boolean) => Self::Boolean(boolean),
            Decoded::Number(number) => Self::Number(number),
            Decoded::Latin1(bytes) => Self::String(bytes.iter().map(|byte| u16::from(*byte)).collect()),
            Decoded::Utf16(units) => Self::String(units),
            Decoded::BigInt(is_negative, words) => Self::BigInt(is_negative, words),
        }
    }
}

pub fn primitives(values: &[Js]) -> Primitives {
    let mut primitives = Primitives::default();
    for value in values {
        value.push(&mut primitives);
    }
    primitives
}

/// Column and the values wanted in it.
pub type Wanted = Vec<(u32, Vec<Js>)>;

pub struct Member {
    pub slot: u32,
    pub namespace: u32,
    pub group: u32,
    pub values: Vec<Js>,
}

#[derive(Default)]
pub struct Model {
    /// In the order of enrolment.
    pub members: Vec<Member>,
    pub columns: usize,
    pub groups: Vec<Vec<u32>>,
}

/// Whether a member matches; none: JavaScript has to be asked.
pub type Certainty = Option<bool>;

impl Model {
    pub fn find(&self, namespace: Option<u32>, wanted: &Wanted) -> Vec<(u32, Certainty)> {
        let there =
            self.members.iter().filter(|member| namespace.is_none_or(|name| name == member.namespace));
        there
            .map(|member| (member.slot, self.judge(member, wanted)))
            .filter(|(_, certainty)| *certainty != Some(false))
            .collect()
    }

    pub fn select(&self, slots: &[u32], wanted: &Wanted) -> Vec<(u32, Certainty)> {
        let certainty = |slot: &u32| {
            let member = self.members.iter().find(|member| member.slot == *slot)?;
            self.judge(member, wanted)
        };
        (0..).zip(slots.iter().map(certainty)).filter(|(_, certainty)| *certainty != Some(false)).collect()
    }

    pub fn distinct(&self, column: u32, group: u32) -> Vec<(Js, usize)> {
        let mut values: Vec<(Js, usize)> = Vec::new();
        for member in self.members.iter().filter(|member| member.group == group) {
            let Some(value) = self.value(member, column).filter(|value| value.equals(value)) else {
                continue;
            };
            match values.iter_mut().find(|(known, _)| known.equals(value)) {
                Some((_, count)) => *count += 1,
                None => values.push((value.clone(), 1)),
            }
        }
        values
    }

    fn judge(&self, member: &Member, wanted: &Wanted) -> Certainty {
        let verdicts: Vec<Certainty> = wanted
            .iter()
            .map(|(column, values)| {
                self.value(member, *column).map(|value| values.iter().any(|wanted| wanted.equals(value)))
            })
            .collect();
        if verdicts.contains(&Some(false)) {
            return Some(false);
        }
        if verdicts.contains(&None) { None } else { Some(true) }
    }

    /// None: not indexed.
    fn value<'m>(&self, member: &'m Member, column: u32) -> Option<&'m Js> {
        let columns = &self.groups[member.group as usize];
        let position = columns.iter().position(|other| *other == column)?;
        Some(member.values.get(position).unwrap_or(&Js::Undefined))
    }
}
