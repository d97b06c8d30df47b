//! Requests to the masters of a cluster, and the redirects among their answers.

use std::collections::HashMap;

use ::redis::{Pipeline, Value};
use futures_util::{StreamExt, future::BoxFuture, stream::FuturesUnordered};

use super::{nodes::named, redirect::Redirect, topology::Topology};
use crate::{
    pipeline::{Chunk, Fault, Keys},
    redis::{config::host_port::HostPort, connection::supervisor::ManagedConnection, fetch::CHUNK},
};

/// Redirects to follow for one key. Two are normal while a slot moves. More mean that the nodes disagree.
const REDIRECTS: u8 = 5;

/// Some keys to read from one node. Keys of several slots cannot be in one command, so each has one of its own, in one pipeline.
struct NodeRequest {
    node: HostPort,
    /// Indices, in ascending order.
    keys: Vec<usize>,
    /// An ASK sent the keys to this node.
    asking: bool,
    redirects: u8,
    /// The connection of these keys was lost once.
    retried: bool,
}

/// What became of a request.
enum Reply {
    Answers(Vec<Value>),
    /// There is no connection to the node, so nothing was sent.
    Unreachable(Fault),
    /// The connection ended during the request.
    Lost(Fault),
}

/// All requests of one batch.
pub(super) struct NodeRequests<'a, R, F> {
    topology: &'a Topology,
    about: About<'a>,
    read: fn(Value) -> R,
    on_chunk: F,
    running: FuturesUnordered<BoxFuture<'a, (NodeRequest, Reply)>>,
}

/// A command, and the keys that it is asked about.
#[derive(Clone, Copy)]
struct About<'a> {
    command: &'static str,
    keys: &'a Keys,
}

impl<'a, R: Send, F: FnMut(Chunk, Result<Vec<R>, Fault>) + Send> NodeRequests<'a, R, F> {
    pub(super) fn new(
        topology: &'a Topology,
        command: &'static str,
        keys: &'a Keys,
        read: fn(Value) -> R,
        on_chunk: F,
    ) -> Self {
        let about = About { command, keys };
        Self { topology, about, read, on_chunk, running: FuturesUnordered::new() }
    }

    /// Runs until every key is answered.
    pub(super) async fn run(mut self) {
        self.send_to_owners((0..self.about.keys.len()).collect(), false).await;
        while let Some((request, reply)) = self.running.next().await {
            match reply {
                Reply::Answers(answers) => self.sort(request, answers),
                Reply::Lost(_) if !request.retried => {
                    self.topology.note_stale();
                    self.send_to_owners(request.keys, true).await;
                }
                Reply::Lost(fault) | Reply::Unreachable(fault) => {
                    self.topology.note_stale();
                    (self.on_chunk)(Chunk::Scattered(request.keys), Err(named(&request.node, fault)));
                }
            }
        }
    }

    /// Sends each key to the master of its slot.
    async fn send_to_owners(&mut self, keys: Vec<usize>, retried: bool) {
        let slots = match self.topology.slots().await {
            Ok(slots) => slots,
            Err(fault) => return (self.on_chunk)(Chunk::Scattered(keys), Err(fault)),
        };
        let mut by_master: HashMap<&HostPort, Vec<usize>> = HashMap::new();
        let mut unowned = Vec::new();
        for key in keys {
            match self.about.keys.get(key).and_then(|bytes| slots.owner(bytes)) {
                Some(master) => by_master.entry(master).or_default().push(key),
                None => unowned.push(key),
            }
        }
        for (node, keys) in by_master {
            self.send(&NodeRequest { node: node.clone(), keys, asking: false, redirects: 0, retried });
        }
        if !unowned.is_empty() {
            self.topology.note_stale();
            let fault = Fault::new("no master of the cluster serves the hash slot of this session");
            (self.on_chunk)(Chunk::Scattered(unowned), Err(fault));
        }
    }

    /// In chunks, so that a node does not serve only one request for a long time.
    fn send(&mut self, request: &NodeRequest) {
        for keys in request.keys.chunks(CHUNK) {
            let request = NodeRequest { keys: keys.to_vec(), node: request.node.clone(), ..*request };
            self.running.push(Box::pin(run(self.topology, self.about, request)));
        }
    }

    /// Hands out the values, and follows redirects.
    fn sort(&mut self, request: NodeRequest, answers: Vec<Value>) {
        let mut settled = (Vec::new(), Vec::new());
        let mut redirected: HashMap<(HostPort, bool), Vec<usize>> = HashMap::new();
        for (key, answer) in request.keys.into_iter().zip(answers) {
            match Redirect::of(&answer, &request.node).filter(|_| request.redirects < REDIRECTS) {
                Some(Redirect::Moved(node)) => redirected.entry((node, false)).or_default().push(key),
                Some(Redirect::Ask(node)) => redirected.entry((node, true)).or_default().push(key),
                None => {
                    if is_of_the_cluster(&answer) {
                        self.topology.note_stale();
                    }
                    settled.0.push(key);
                    settled.1.push((self.read)(answer));
                }
            }
        }
        if !settled.0.is_empty() {
            (self.on_chunk)(Chunk::Scattered(settled.0), Ok(settled.1));
        }
        for ((node, asking), keys) in redirected {
            if !asking {
                self.topology.note_stale();
            }
            let (redirects, retried) = (request.redirects + 1, request.retried);
            self.send(&NodeRequest { node, keys, asking, redirects, retried });
        }
    }
}

async fn run(topology: &Topology, about: About<'_>, request: NodeRequest) -> (NodeRequest, Reply) {
    let reply = match topology.nodes.connection(&request.node) {
        Err(fault) => Reply::Unreachable(fault),
        Ok(connection) => ask(&connection, about, &request).await,
    };
    (request, reply)
}

async fn ask(connection: &ManagedConnection, about: About<'_>, request: &NodeRequest) -> Reply {
    let handle = match connection.connection().await {
        Ok(handle) => handle,
        Err(fault) => return Reply::Unreachable(fault),
    };
    match handle.request_all(&pipeline(about, request)).await {
        Ok(answers) => Reply::Answers(without_asking(answers, request.asking)),
        Err(fault) => Reply::Lost(fault),
    }
}

/// ASKING holds for the one command after it, so each command has its own, in the same write.
fn pipeline(about: About<'_>, request: &NodeRequest) -> Pipeline {
    let mut pipeline = Pipeline::with_capacity(request.keys.len() * 2);
    for key in request.keys.iter().map_while(|index| about.keys.get(*index)) {
        if request.asking {
            pipeline.cmd("ASKING");
        }
        pipeline.cmd(about.command).arg(key);
    }
    pipeline
}

fn without_asking(answers: Vec<Value>, asking: bool) -> Vec<Value> {
    let step = if asking { 2 } else { 1 };
    answers.into_iter().skip(step - 1).step_by(step).collect()
}

/// More redirects than are followed, CLUSTERDOWN, TRYAGAIN, MASTERDOWN: the topology is out of date.
fn is_of_the_cluster(answer: &Value) -> bool {
    let Value::ServerError(refusal) = answer else { return false };
    matches!(refusal.code(), "MOVED" | "ASK" | "CLUSTERDOWN" | "TRYAGAIN" | "MASTERDOWN")
}
