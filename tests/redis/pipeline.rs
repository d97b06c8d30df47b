//! The native half of an authorizer without Node: what is submitted comes back as a result.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use passport_socketio_native::{
    core::{
        credential::{CredentialKind, precheck},
        outcome::Outcome,
        settings::Settings,
        signature::Secrets,
    },
    pipeline::{
        Delivers, Histogram, Inbox, Worker,
        outbox::{self, Outbox},
    },
    redis::{NodeOptions, Purpose, RedisSource, Target, TargetOptions},
};
use serde_json::Value;
use tokio::{sync::Notify, task::JoinHandle, time::timeout};

use crate::helpers::PROBE;

pub fn settings() -> Settings {
    Settings {
        key: b"sid"[..].into(),
        secrets: Secrets::new(["cat"]),
        prefix: b"sess:"[..].into(),
        passport_key: b"passport"[..].into(),
    }
}

/// The native half of one authorizer.
pub struct TestPipeline {
    pub inbox: Arc<Inbox>,
    pub outbox: Arc<Outbox>,
    pub latency: Arc<Histogram>,
    pub settings: Arc<Settings>,
    pub woken: Arc<Notify>,
    /// Ends when the inbox is closed.
    pub worker: JoinHandle<()>,
}

pub fn target(url: &str) -> Target {
    let nodes = vec![NodeOptions::url(url)];
    Target::new(&TargetOptions { nodes, ..TargetOptions::default() }).unwrap()
}

impl TestPipeline {
    /// On a source of its own.
    pub fn open(url: &str, timeout: u64) -> Self {
        Self::on(Arc::new(RedisSource::open(target(url), Purpose::look_ups(PROBE.to_vec()))), timeout)
    }

    /// On a source that others may have too.
    pub fn on(source: Arc<RedisSource>, timeout: u64) -> Self {
        let woken = Arc::new(Notify::new());
        let wake = Arc::clone(&woken);
        let (inbox, latency): (Arc<Inbox>, Arc<Histogram>) = Default::default();
        let outbox = Arc::new(Outbox::new(move || wake.notify_one()));
        let worker = Worker {
            inbox: Arc::clone(&inbox),
            source,
            outbox: Arc::clone(&outbox),
            latency: Arc::clone(&latency),
            timeout: Duration::from_millis(timeout),
            delivers: Delivers::Users,
        };
        let worker = tokio::spawn(worker.run());
        Self { inbox, outbox, latency, settings: Arc::new(settings()), woken, worker }
    }

    pub fn submit(&self, ticket: u32, kind: CredentialKind, sent: &str) {
        let credential = precheck(kind, sent.as_bytes(), &self.settings).unwrap();
        if self.inbox.push(ticket, kind, credential, &self.settings).unwrap() {
            self.inbox.wake();
        }
    }

    /// Waits for so many results, by ticket.
    pub async fn results(&self, count: usize) -> BTreeMap<u32, (Outcome, Value)> {
        let mut results = BTreeMap::new();
        while results.len() < count {
            timeout(Duration::from_secs(10), self.woken.notified()).await.expect("results come");
            while let Some(page) = self.outbox.take() {
                let values: Vec<Value> = serde_json::from_slice(page.values()).unwrap_or_default();
                let mut values = values.into_iter();
                let mut value = Value::Null;
                for row in page.rows() {
                    match row.value {
                        outbox::Value::Nothing => value = Value::Null,
                        outbox::Value::Next => value = values.next().unwrap(),
                        outbox::Value::Same => assert_ne!(value, Value::Null),
                    }
                    let value = value.clone();
                    assert!(
                        results.insert(row.ticket, (row.outcome, value)).is_none(),
                        "one result per ticket"
                    );
                }
                self.outbox.recycle(page);
            }
        }
        results
    }
}
