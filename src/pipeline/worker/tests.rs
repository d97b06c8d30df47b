use std::thread::sleep;

use tokio::sync::Notify;

use super::*;
use crate::{
    core::{credential::CredentialKind, settings::Settings, signature::Secrets},
    pipeline::{Chunk, Fault, outbox::Page},
};

fn settings() -> Arc<Settings> {
    Arc::new(Settings {
        key: b"sid"[..].into(),
        secrets: Secrets::new(["cat"]),
        prefix: b"sess:"[..].into(),
        passport_key: b"passport"[..].into(),
    })
}

fn queue(ids: &[&[u8]]) -> Queue {
    let settings = settings();
    let mut queue = Queue::default();
    for (ticket, id) in (0..).zip(ids) {
        queue.push(ticket, CredentialKind::Id, id, &settings);
        sleep(Duration::from_millis(2));
    }
    queue
}

fn outcomes(outbox: &Outbox) -> Vec<(u32, Outcome)> {
    let pages = std::iter::from_fn(|| outbox.take());
    pages
        .flat_map(|page| page.rows().iter().map(|row| (row.ticket, row.outcome)).collect::<Vec<_>>())
        .collect()
}

#[test]
fn no_look_up_waits_for_a_batch_that_breaks_off() {
    let (queue, outbox, latency) = (queue(&[b"a", b"b"]), Outbox::new(|| {}), Histogram::default());
    drop(Batch::new(&queue, verify(&queue).lookups, &outbox, &latency));
    assert_eq!(outcomes(&outbox), [(0, Outcome::StoreError), (1, Outcome::StoreError)]);
}

#[test]
fn only_look_ups_whose_deadline_has_passed_expire() {
    let (queue, outbox, latency) = (queue(&[b"a", b"b", b"a"]), Outbox::new(|| {}), Histogram::default());
    let verified = verify(&queue);
    let batch = Batch::new(&queue, verified.lookups, &outbox, &latency);
    assert_eq!(verified.keys.len(), 2);
    batch.expire(queue.items()[1].since);
    assert_eq!(outcomes(&outbox), [(0, Outcome::StoreTimeout)]);
    assert_eq!(batch.oldest(), Some(queue.items()[1].since));
    batch.settle(&Chunk::Range(0..2), &Ok(vec![Ok(None), Ok(None)]), result_of);
    assert_eq!(outcomes(&outbox), [(2, Outcome::SessionNotFound), (1, Outcome::SessionNotFound)]);
    assert_eq!(batch.oldest(), None);
    batch.close();
    assert!(outcomes(&outbox).is_empty(), "one result each");
}

#[test]
fn a_description_has_the_user_key_and_no_other_value() {
    let text = |text: &str| Ok(Some(text.as_bytes().to_vec()));
    let written = |value: &ReadResult| {
        let mut page = Page::default();
        description_of(value, b"passport").write(&mut page, 7, None);
        (page.rows()[0].outcome, String::from_utf8(page.values().to_vec()).unwrap())
    };
    let (outcome, values) = written(&text(r#"{"a":"x","passport":{"user":7}}"#));
    assert_eq!(outcome, Outcome::Found);
    assert!(values.starts_with("[[7,{\"type\":\"object\""), "{values}");
    let (outcome, values) = written(&text(r#"{"a":"x"}"#));
    assert_eq!(outcome, Outcome::PassportNotInitialized);
    assert_eq!(values, r#"[[null,{"type":"object","members":[["a","string"]],"login":null}]"#);
    assert_eq!(written(&text(r#"{"passport":{}}"#)).0, Outcome::NotLoggedIn);
    assert_eq!(written(&text("null")), (Outcome::SessionNotFound, String::new()));
    assert_eq!(written(&Ok(None)), (Outcome::SessionNotFound, String::new()));
    assert_eq!(written(&text("{")), (Outcome::BadSession, r#"["not JSON (at byte 1)""#.into()));
    assert_eq!(written(&Err(Fault::Timeout)).0, Outcome::StoreTimeout);
}

#[test]
fn too_few_values_are_a_fault() {
    let (queue, outbox, latency) = (queue(&[b"a", b"b"]), Outbox::new(|| {}), Histogram::default());
    let batch = Batch::new(&queue, verify(&queue).lookups, &outbox, &latency);
    batch.settle(&Chunk::Range(0..2), &Ok(vec![Ok(None)]), result_of);
    assert_eq!(outcomes(&outbox), [(0, Outcome::SessionNotFound), (1, Outcome::StoreError)]);
}

/// A source without a server: the session of `alice` is there, and every other key fails or panics by its name.
struct FakeSource;

impl SessionSource for FakeSource {
    async fn fetch(
        &self,
        keys: &Keys,
        mut on_chunk: impl FnMut(Chunk, Result<Vec<ReadResult>, Fault>) + Send,
    ) {
        for index in 0..keys.len() {
            let value = match keys.get(index) {
                Some(b"sess:alice") => Ok(Some(br#"{"passport":{"user":7}}"#.to_vec())),
                Some(b"sess:panic") => panic!("the source panics"),
                _ => Err(Fault::new("down")),
            };
            on_chunk(Chunk::Range(index..index + 1), Ok(vec![value]));
        }
    }
}

#[tokio::test]
async fn any_source_will_do_and_a_panic_does_not_stop_the_worker() {
    let delivered = Arc::new(Notify::new());
    let wake = Arc::clone(&delivered);
    let worker = Worker {
        inbox: Arc::default(),
        source: Arc::new(FakeSource),
        outbox: Arc::new(Outbox::new(move || wake.notify_one())),
        latency: Arc::default(),
        timeout: Duration::from_secs(5),
        delivers: Delivers::Users,
    };
    let (inbox, outbox) = (Arc::clone(&worker.inbox), Arc::clone(&worker.outbox));
    let running = tokio::spawn(worker.run());
    let settings = settings();
    for (id, outcome) in
        [("panic", Outcome::StoreError), ("alice", Outcome::Found), ("bob", Outcome::StoreError)]
    {
        inbox.push(0, CredentialKind::Id, id.as_bytes(), &settings);
        inbox.wake();
        delivered.notified().await;
        assert_eq!(outcomes(&outbox), [(0, outcome)], "{id}");
    }
    inbox.close();
    running.await.unwrap();
}
