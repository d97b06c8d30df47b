//! Connections, keys and answers in few words.

use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

use passport_socketio_native::{
    pipeline::{Fault, Keys, ReadResult},
    redis::{
        Address, ConnectionHandle, ManagedConnection, NodeOptions, Purpose, TargetOptions, chunks, fetch,
    },
};
use tokio::time::{sleep, timeout};

use crate::support::fake_server::Answer;

pub const PROBE: &[u8] = b"sess:\0probe";
pub const NIL: Answer = Answer::Say("$-1\r\n");
pub const OK: Answer = Answer::Say("+OK\r\n");
pub const PONG: Answer = Answer::Say("+PONG\r\n");

pub fn open(url: &str) -> ManagedConnection {
    ManagedConnection::open(Address::parse(url, None).unwrap(), Purpose::look_ups(PROBE.to_vec()))
}

pub fn open_node(node: &NodeOptions, options: &TargetOptions) -> ManagedConnection {
    ManagedConnection::open(Address::new(node, options).unwrap(), Purpose::look_ups(PROBE.to_vec()))
}

pub fn keys(ids: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Keys {
    let mut keys = Keys::default();
    for id in ids {
        keys.push(b"sess:", id.as_ref());
    }
    keys
}

/// All answers in order; the fault of a chunk stands for each of its keys.
pub async fn fetch_all(handle: &ConnectionHandle, keys: &Keys) -> Vec<ReadResult> {
    let mut answers = Vec::new();
    let fetching = fetch(handle, keys, chunks(keys), |range, chunk| {
        assert_eq!(range.start, answers.len(), "chunks come in order");
        match chunk {
            Ok(values) => {
                assert_eq!(values.len(), range.len());
                answers.extend(values);
            }
            Err(fault) => answers.extend(range.map(|_| Err(fault.clone()))),
        }
    });
    timeout(Duration::from_secs(15), fetching).await.expect("look-ups are answered, one way or the other");
    assert_eq!(answers.len(), keys.len());
    answers
}

pub async fn get(connection: &ManagedConnection, id: &str) -> ReadResult {
    let handle = connection.connection().await?;
    fetch_all(&handle, &keys([id])).await.remove(0)
}

pub fn value(text: &str) -> ReadResult {
    Ok(Some(text.as_bytes().to_vec()))
}

pub fn text<T: Debug>(result: Result<T, Fault>) -> String {
    match result.unwrap_err() {
        Fault::Source(text) | Fault::Unreachable(text) => text.to_string(),
        other => panic!("not a fault of the source: {other:?}"),
    }
}

/// Polls until `condition` holds.
pub async fn eventually<T>(what: &str, mut condition: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(result) = condition().await {
            return result;
        }
        assert!(Instant::now() < deadline, "not within 10 s: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

pub async fn recovers(connection: &ManagedConnection, id: &str, expected: &ReadResult) {
    eventually("the connection recovers", async || (get(connection, id).await == *expected).then_some(()))
        .await;
}
