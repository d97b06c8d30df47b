//! Reads watched sessions: what is stored, and how much time it has left.

use ::redis::{Pipeline, Value};
use futures_util::future::join;

use super::{connection::supervisor::ManagedConnection, source::RedisSource};
use crate::{
    pipeline::{Chunk, Fault, Keys, ReadResult, SessionSource},
    watch::{Reading, Stored, WatchedSource},
};

/// Whether there is a key, and how many milliseconds it has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ttl {
    /// There is no such key.
    Gone,
    Milliseconds(u64),
    /// It does not expire, or the user may not ask.
    Unknown,
}

impl WatchedSource for RedisSource {
    /// GET or MGET, and PTTL. They are two requests, between which a key may change; the tracker is told of that.
    async fn read(&self, keys: &Keys) -> Vec<Reading> {
        let mut values = Collected::new(keys.len());
        let mut ttls = Collected::new(keys.len());
        join(
            self.fetch(keys, |chunk, results| values.put(&chunk, results)),
            read_ttls(self, keys, |chunk, results| ttls.put(&chunk, results)),
        )
        .await;
        values.into_iter().zip(ttls.into_iter()).map(|(value, ttl)| reading(value, ttl)).collect()
    }

    fn is_tracking(&self) -> Option<bool> {
        match self {
            Self::Single(connection) => connection.is_tracking(),
            Self::Cluster(cluster) => cluster.is_tracking(),
        }
    }
}

fn reading(value: Option<Result<ReadResult, Fault>>, ttl: Option<Result<Ttl, Fault>>) -> Reading {
    let (ttl, unanswered) = match ttl {
        Some(Ok(ttl)) => (ttl, None),
        Some(Err(fault)) => (Ttl::Unknown, Some(fault)),
        None => (Ttl::Unknown, None),
    };
    let stored = match value {
        Some(Ok(Ok(Some(_)))) if ttl == Ttl::Gone => {
            Stored::Unknown(Fault::new("the key changed while it was read"))
        }
        Some(Ok(Ok(Some(text)))) => match unanswered {
            // Its end would be missed. A user who may not ask gets an answer.
            Some(fault) => Stored::Unknown(fault),
            None => Stored::Text(text),
        },
        Some(Ok(Ok(None))) => Stored::Gone,
        Some(Ok(Err(Fault::Source(text)))) if text.starts_with("WRONGTYPE") => Stored::Unreadable,
        Some(Ok(Err(fault)) | Err(fault)) => Stored::Unknown(fault),
        None => Stored::Unknown(Fault::new("no answer")),
    };
    let ttl = if let Ttl::Milliseconds(left) = ttl { Some(left) } else { None };
    Reading { stored, ttl }
}

async fn read_ttls(
    source: &RedisSource,
    keys: &Keys,
    mut on_chunk: impl FnMut(Chunk, Result<Vec<Ttl>, Fault>) + Send,
) {
    match source {
        RedisSource::Cluster(cluster) => cluster.ask("PTTL", keys, read_ttl, on_chunk).await,
        RedisSource::Single(connection) => {
            on_chunk(Chunk::Range(0..keys.len()), ask_ttls(connection, keys).await);
        }
    }
}

async fn ask_ttls(connection: &ManagedConnection, keys: &Keys) -> Result<Vec<Ttl>, Fault> {
    let mut pipeline = Pipeline::with_capacity(keys.len());
    for key in keys.range(0..keys.len()) {
        pipeline.cmd("PTTL").arg(key);
    }
    let answers = connection.connection().await?.request_all(&pipeline).await?;
    Ok(answers.into_iter().map(read_ttl).collect())
}

#[allow(clippy::needless_pass_by_value, reason = "as the answers of look-ups are read")]
fn read_ttl(answer: Value) -> Ttl {
    match answer {
        Value::Int(-2) => Ttl::Gone,
        Value::Int(left) => u64::try_from(left).map_or(Ttl::Unknown, Ttl::Milliseconds),
        _ => Ttl::Unknown,
    }
}

/// Results by key, in whatever order they come.
struct Collected<T>(Vec<Option<Result<T, Fault>>>);

impl<T> Collected<T> {
    fn new(count: usize) -> Self {
        Self((0..count).map(|_| None).collect())
    }

    fn put(&mut self, chunk: &Chunk, results: Result<Vec<T>, Fault>) {
        let mut results = results.map(Vec::into_iter);
        for index in chunk.iter() {
            let Some(place) = self.0.get_mut(index) else { continue };
            *place = match &mut results {
                Ok(results) => results.next().map(Ok),
                Err(fault) => Some(Err(fault.clone())),
            };
        }
    }

    fn into_iter(self) -> impl Iterator<Item = Option<Result<T, Fault>>> {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(value: ReadResult, ttl: Ttl) -> String {
        format!("{:?}", reading(Some(Ok(value)), Some(Ok(ttl))))
    }

    #[test]
    fn a_reading_has_text_and_time() {
        let text = || Ok(Some(b"{}".to_vec()));
        assert_eq!(said(text(), Ttl::Milliseconds(5)), "Reading { stored: Text(2 bytes), ttl: Some(5) }");
        assert_eq!(said(text(), Ttl::Unknown), "Reading { stored: Text(2 bytes), ttl: None }");
        assert_eq!(said(Ok(None), Ttl::Gone), "Reading { stored: Gone, ttl: None }");
        assert!(said(text(), Ttl::Gone).contains("Unknown"), "it went between the two requests");
        assert!(
            said(Err(Fault::new("WRONGTYPE Operation against a key")), Ttl::Unknown).contains("Unreadable")
        );
        assert!(said(Err(Fault::new("NOPERM no permissions")), Ttl::Unknown).contains("Unknown"));
        assert!(format!("{:?}", reading(None, None)).contains("Unknown"));
        let unanswered = |value| format!("{:?}", reading(Some(Ok(Ok(value))), Some(Err(Fault::Timeout))));
        assert!(unanswered(Some(b"{}".to_vec())).contains("Unknown"), "its end would be missed");
        assert_eq!(unanswered(None), "Reading { stored: Gone, ttl: None }");
    }

    #[test]
    fn what_comes_in_any_order_is_collected_by_key() {
        let mut collected = Collected::new(4);
        collected.put(&Chunk::Scattered(vec![1, 3]), Ok(vec!["b", "d"]));
        collected.put(&Chunk::Range(0..1), Err(Fault::Timeout));
        let all: Vec<_> = collected.into_iter().collect();
        assert_eq!(all, [Some(Err(Fault::Timeout)), Some(Ok("b")), None, Some(Ok("d"))]);
    }

    #[test]
    fn the_answers_to_pttl() {
        let answers = [Value::Int(-2), Value::Int(-1), Value::Int(7), Value::Nil].map(read_ttl);
        assert_eq!(answers, [Ttl::Gone, Ttl::Unknown, Ttl::Milliseconds(7), Ttl::Unknown]);
    }
}
