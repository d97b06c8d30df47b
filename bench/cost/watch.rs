//! Sessions that are watched, among two thousand.

use passport_socketio_native::watch::Registry;

use crate::{Case, Run};

pub const CASES: &[(&str, Case)] = &[("watch-and-unwatch", watch_and_unwatch)];

const SESSIONS: u32 = 2_000;

fn watch_and_unwatch() -> Run {
    let mut registry = Registry::default();
    let perspective = registry.perspective_of(0, b"passport", false);
    for number in 0..SESSIONS {
        registry.watch(number, 0, perspective, key(number).as_bytes(), b"\"65f0c1a2b3d4e5f600000007\"");
    }
    let key = key(SESSIONS);
    Box::new(move |calls| {
        for _ in 0..calls {
            registry.watch(SESSIONS, 0, perspective, key.as_bytes(), b"\"65f0c1a2b3d4e5f600000007\"");
            registry.unwatch(SESSIONS, 0);
        }
    })
}

fn key(number: u32) -> String {
    format!("sess:Xw3kQ0-b{number:024}")
}
