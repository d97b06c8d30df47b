//! The native side of an authorizer without Node: what is submitted comes back as a verdict.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use passport_socketio_native::{
    core::{
        admission::{Credential, admit},
        code::Code,
        histogram::Histogram,
        outbox::{self, Outbox},
        settings::Settings,
        signature::Secrets,
    },
    redis_store::{Inbox, Node, Store, Target, TargetParts, Worker},
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

/// One authorizer's native side.
pub struct Desk {
    pub inbox: Arc<Inbox>,
    pub outbox: Arc<Outbox>,
    pub latency: Arc<Histogram>,
    pub settings: Arc<Settings>,
    pub woken: Arc<Notify>,
    /// Ends when the inbox is closed.
    pub worker: JoinHandle<()>,
}

pub fn target(url: &str) -> Target {
    let nodes = vec![Node::Url(url.to_owned())];
    Target::from_parts(&TargetParts { nodes, ..TargetParts::default() }).unwrap()
}

impl Desk {
    /// On a store of its own.
    pub fn open(url: &str, timeout: u64) -> Self {
        Self::on(Arc::new(Store::open(target(url), PROBE.to_vec())), timeout)
    }

    /// On a store that others may have too.
    pub fn on(store: Arc<Store>, timeout: u64) -> Self {
        let woken = Arc::new(Notify::new());
        let wake = Arc::clone(&woken);
        let (inbox, latency): (Arc<Inbox>, Arc<Histogram>) = Default::default();
        let outbox = Arc::new(Outbox::new(move || wake.notify_one()));
        let worker = Worker {
            inbox: Arc::clone(&inbox),
            store,
            outbox: Arc::clone(&outbox),
            latency: Arc::clone(&latency),
            timeout: Duration::from_millis(timeout),
        };
        let worker = tokio::spawn(worker.run());
        Self { inbox, outbox, latency, settings: Arc::new(settings()), woken, worker }
    }

    pub fn submit(&self, ticket: u32, credential: Credential, sent: &str) {
        let admitted = admit(credential, sent.as_bytes(), &self.settings).unwrap();
        if self.inbox.push(ticket, credential, admitted, &self.settings).unwrap() {
            self.inbox.wake();
        }
    }

    /// Waits for so many verdicts, by ticket.
    pub async fn verdicts(&self, count: usize) -> BTreeMap<u32, (Code, Value)> {
        let mut verdicts = BTreeMap::new();
        while verdicts.len() < count {
            timeout(Duration::from_secs(10), self.woken.notified()).await.expect("verdicts come");
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
                    assert!(verdicts.insert(row.ticket, (row.code, value)).is_none(), "one verdict a ticket");
                }
                self.outbox.recycle(page);
            }
        }
        verdicts
    }
}
