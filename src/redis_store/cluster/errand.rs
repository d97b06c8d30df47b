//! Look-ups across the masters of a cluster.

use std::collections::HashMap;

use futures_util::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use redis::{Pipeline, Value};

use super::{nodes::NodeId, redirect::Redirect, topology::Shared};
use crate::redis_store::{
    chunk::Chunk,
    fault::Fault,
    fetch::{CHUNK, Found, found},
    keys::Keys,
    supervisor::Link,
};

/// Redirects to follow for one key. Two are in order while a slot moves; more is a cluster at odds with itself.
const REDIRECTS: u8 = 5;

/// Some keys to be asked for at one node. Keys of several slots cannot be in one MGET, so each is a GET in one pipeline.
struct Errand {
    node: NodeId,
    /// Indices, ascending.
    keys: Vec<usize>,
    /// The keys were promised by ASK.
    asking: bool,
    redirects: u8,
    /// Their connection ended under them once.
    retried: bool,
}

/// What came of an errand.
enum Outcome {
    Answers(Vec<Value>),
    /// There is no connection to the node, so there was no look-up.
    Unreachable(Fault),
    /// The connection ended under the look-up.
    Lost(Fault),
}

/// All errands of one batch.
pub(super) struct Errands<'a, F> {
    shared: &'a Shared,
    keys: &'a Keys,
    on_chunk: F,
    running: FuturesUnordered<BoxFuture<'a, (Errand, Outcome)>>,
}

impl<'a, F: FnMut(Chunk, Result<Vec<Found>, Fault>)> Errands<'a, F> {
    pub(super) fn new(shared: &'a Shared, keys: &'a Keys, on_chunk: F) -> Self {
        Self { shared, keys, on_chunk, running: FuturesUnordered::new() }
    }

    /// Runs until every key is answered.
    pub(super) async fn run(mut self) {
        self.send_to_owners((0..self.keys.len()).collect(), false).await;
        while let Some((errand, outcome)) = self.running.next().await {
            match outcome {
                Outcome::Answers(answers) => self.sort(errand, answers),
                Outcome::Lost(_) if !errand.retried => {
                    self.shared.note_stale();
                    self.send_to_owners(errand.keys, true).await;
                }
                Outcome::Lost(fault) | Outcome::Unreachable(fault) => {
                    self.shared.note_stale();
                    (self.on_chunk)(Chunk::Scattered(errand.keys), Err(named(&errand.node, fault)));
                }
            }
        }
    }

    /// Each key to the master of its slot.
    async fn send_to_owners(&mut self, keys: Vec<usize>, retried: bool) {
        let slots = match self.shared.slots().await {
            Ok(slots) => slots,
            Err(fault) => return (self.on_chunk)(Chunk::Scattered(keys), Err(fault)),
        };
        let mut by_master: HashMap<&NodeId, Vec<usize>> = HashMap::new();
        let mut unowned = Vec::new();
        for key in keys {
            match self.keys.get(key).and_then(|bytes| slots.owner(bytes)) {
                Some(master) => by_master.entry(master).or_default().push(key),
                None => unowned.push(key),
            }
        }
        for (node, keys) in by_master {
            self.send(&Errand { node: node.clone(), keys, asking: false, redirects: 0, retried });
        }
        if !unowned.is_empty() {
            self.shared.note_stale();
            let fault = Fault::store("no master of the cluster serves the hash slot of this session");
            (self.on_chunk)(Chunk::Scattered(unowned), Err(fault));
        }
    }

    /// In chunks, so that a node does not serve one errand only.
    fn send(&mut self, errand: &Errand) {
        for keys in errand.keys.chunks(CHUNK) {
            let errand = Errand { keys: keys.to_vec(), node: errand.node.clone(), ..*errand };
            self.running.push(Box::pin(run(self.shared, self.keys, errand)));
        }
    }

    /// Hands out what was found, and follows redirects.
    fn sort(&mut self, errand: Errand, answers: Vec<Value>) {
        let mut settled = (Vec::new(), Vec::new());
        let mut redirected: HashMap<(NodeId, bool), Vec<usize>> = HashMap::new();
        for (key, answer) in errand.keys.into_iter().zip(answers) {
            match Redirect::of(&answer, &errand.node).filter(|_| errand.redirects < REDIRECTS) {
                Some(Redirect::Moved(node)) => redirected.entry((node, false)).or_default().push(key),
                Some(Redirect::Ask(node)) => redirected.entry((node, true)).or_default().push(key),
                None => {
                    if is_of_the_cluster(&answer) {
                        self.shared.note_stale();
                    }
                    settled.0.push(key);
                    settled.1.push(found(answer));
                }
            }
        }
        if !settled.0.is_empty() {
            (self.on_chunk)(Chunk::Scattered(settled.0), Ok(settled.1));
        }
        for ((node, asking), keys) in redirected {
            if !asking {
                self.shared.note_stale();
            }
            let (redirects, retried) = (errand.redirects + 1, errand.retried);
            self.send(&Errand { node, keys, asking, redirects, retried });
        }
    }
}

async fn run(shared: &Shared, keys: &Keys, errand: Errand) -> (Errand, Outcome) {
    let outcome = match shared.nodes.link(&errand.node) {
        Err(fault) => Outcome::Unreachable(fault),
        Ok(link) => look_up(&link, keys, &errand).await,
    };
    (errand, outcome)
}

async fn look_up(link: &Link, keys: &Keys, errand: &Errand) -> Outcome {
    let live = match link.connection().await {
        Ok(live) => live,
        Err(fault) => return Outcome::Unreachable(fault),
    };
    match live.request_all(&pipeline(keys, errand)).await {
        Ok(answers) => Outcome::Answers(without_asking(answers, errand.asking)),
        Err(fault) => Outcome::Lost(fault),
    }
}

/// ASKING holds for the one command after it, so each GET has its own, in the same write.
fn pipeline(keys: &Keys, errand: &Errand) -> Pipeline {
    let mut pipeline = Pipeline::with_capacity(errand.keys.len() * 2);
    for key in errand.keys.iter().map_while(|index| keys.get(*index)) {
        if errand.asking {
            pipeline.cmd("ASKING");
        }
        pipeline.cmd("GET").arg(key);
    }
    pipeline
}

fn without_asking(answers: Vec<Value>, asking: bool) -> Vec<Value> {
    let step = if asking { 2 } else { 1 };
    answers.into_iter().skip(step - 1).step_by(step).collect()
}

/// MOVED too often, CLUSTERDOWN, TRYAGAIN.
fn is_of_the_cluster(answer: &Value) -> bool {
    let Value::ServerError(refusal) = answer else { return false };
    matches!(refusal.code(), "MOVED" | "ASK" | "CLUSTERDOWN" | "TRYAGAIN" | "MASTERDOWN")
}

/// An operator has to know which of the nodes it is.
fn named(node: &NodeId, fault: Fault) -> Fault {
    match fault {
        Fault::Store(text) => Fault::store(format!("{node}: {text}")),
        other => other,
    }
}
