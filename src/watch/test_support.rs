//! Watchers and readings in few words.

use super::{News, Reading, Registry, Stored};
use crate::pipeline::Fault;

/// A session of user 7.
pub const TEXT: &str = r#"{"passport":{"user":7}}"#;

/// Watchers of owner 1: slot, turn, key and identity.
pub fn watching(watchers: &[(u32, u32, &str, &str)]) -> Registry {
    let mut registry = Registry::default();
    let perspective = registry.perspective_of(1, b"passport", false);
    for (slot, turn, key, identity) in watchers {
        registry.watch(*slot, *turn, perspective, key.as_bytes(), identity.as_bytes());
    }
    registry
}

pub fn stored(text: Option<&str>, ttl: Option<u64>) -> Reading {
    let stored = text.map_or(Stored::Gone, |text| Stored::Text(text.into()));
    Reading { stored, ttl }
}

pub fn unknown() -> Reading {
    Reading { stored: Stored::Unknown(Fault::new("down")), ttl: None }
}

/// The keys that have to be read, which are then under way.
pub fn take(registry: &mut Registry) -> (super::Batch, Vec<String>) {
    take_at(registry, 0)
}

pub fn take_at(registry: &mut Registry, now: u64) -> (super::Batch, Vec<String>) {
    let batch = registry.take_unread(64, now);
    let keys = batch.keys.range(0..batch.keys.len());
    let keys = keys.map(|key| String::from_utf8(key.to_vec()).unwrap()).collect();
    (batch, keys)
}

/// Reads all that has to be read, in one batch. What is told, as `slot.turn what`.
pub fn read(registry: &mut Registry, now: u64, texts: &[(&str, Option<&str>)]) -> Vec<String> {
    let (batch, keys) = take_at(registry, now);
    let text = |key: &String| texts.iter().find(|(name, _)| name == key).unwrap().1;
    let readings = keys.iter().map(|key| stored(text(key), None)).collect();
    told(registry.settle(&batch, readings, now))
}

pub fn told(events: Vec<super::Event>) -> Vec<String> {
    let told = events.into_iter().map(|event| {
        let what = match &event.news {
            News::Changed(change) => {
                let [before, now] = [&change.before, &change.now].map(|text| String::from_utf8_lossy(text));
                format!("{before} is {now}")
            }
            ended @ News::Ended(_) => format!("{ended:?}"),
        };
        format!("{}.{} {what}", event.slot, event.turn)
    });
    told.collect()
}
