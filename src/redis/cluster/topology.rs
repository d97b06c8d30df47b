//! What is known of a cluster. The refresh updates it, and look-ups read it.

use std::sync::{Arc, Weak};

use tokio::sync::{Notify, watch};

use super::{nodes::Nodes, slots::SlotMap};
use crate::{
    pipeline::Fault,
    redis::{
        config::{address::Address, host_port::HostPort, seeds::Seeds},
        connection::purpose::Purpose,
        health::{Condition, Health},
    },
};

/// How many nodes of the last map to ask at a time: all nodes of a large cluster may be down.
const MOST_UNCONNECTED: usize = 6;

pub(super) struct Topology {
    pub(super) seeds: Seeds,
    pub(super) nodes: Nodes,
    purpose: Purpose,
    state: watch::Sender<State>,
    health: Health,
    stale: Notify,
}

#[derive(Clone)]
enum State {
    /// Until the first attempt has ended. Look-ups wait.
    Pending,
    Known(Arc<SlotMap>),
    /// No node has answered yet, and this is why.
    Unavailable(Fault),
    Closed,
}

impl Topology {
    pub(super) fn new(seeds: Seeds, purpose: Purpose) -> Arc<Self> {
        Arc::new_cyclic(|topology: &Weak<Self>| {
            let topology = topology.clone();
            let assess = move |_: Condition, _: Option<&Fault>| {
                if let Some(topology) = topology.upgrade() {
                    topology.assess();
                }
            };
            Self {
                nodes: Nodes::new(seeds.clone(), purpose.clone().told(Arc::new(assess))),
                seeds,
                state: watch::Sender::new(State::Pending),
                health: Health::new(purpose.listener()),
                purpose,
                stale: Notify::new(),
            }
        })
    }

    /// Looks anew whether every slot has a master that answers, because a node is told to be in another condition, or
    /// the map has changed. It must not ask the nodes for their health: one of them is telling its own.
    fn assess(&self) {
        self.health.note(|| match &*self.state.borrow() {
            State::Pending => (Condition::Connecting, None),
            State::Known(slots) => self.nodes.condition_of(slots),
            State::Unavailable(fault) => (Condition::Down, Some(fault.clone())),
            State::Closed => (Condition::Down, Some(Fault::Closed)),
        });
    }

    /// The fault is the present one also where a master fails in another way than before.
    pub(super) fn health(&self) -> (Condition, Option<Fault>) {
        self.assess();
        self.health.get()
    }

    /// The latest map. Waits only during the first attempt.
    pub(super) async fn slots(&self) -> Result<Arc<SlotMap>, Fault> {
        let mut states = self.state.subscribe();
        match states.wait_for(|known| !matches!(known, State::Pending)).await.as_deref() {
            Ok(State::Known(slots)) => Ok(slots.clone()),
            Ok(State::Unavailable(fault)) => Err(fault.clone()),
            Ok(State::Pending | State::Closed) | Err(_) => Err(Fault::Closed),
        }
    }

    /// Takes a result of the refresh. Returns whether the map has changed. A failure changes nothing once a map is
    /// known: the map may still be right, and the connections to its masters know better what is wrong.
    pub(super) fn update(&self, discovered: Result<SlotMap, Fault>) -> bool {
        if let Ok(slots) = &discovered {
            self.nodes.keep(slots.masters());
        }
        let (mut has_changed, mut moved) = (false, None);
        self.state.send_if_modified(|known| {
            let next = match (&*known, discovered) {
                (State::Closed, _) | (State::Known(_), Err(_)) => return false,
                (State::Known(old), Ok(slots)) if **old == slots => return false,
                (_, Ok(slots)) => State::Known(Arc::new(slots)),
                (_, Err(fault)) => State::Unavailable(fault),
            };
            has_changed = matches!(next, State::Known(_));
            if let (State::Known(old), State::Known(new)) = (&*known, &next) {
                moved = Some((old.clone(), new.clone()));
            }
            *known = next;
            true
        });
        self.assess();
        // The new master of a slot has been asked for none of its keys, and tells of none. A planned failover
        // (CLUSTER FAILOVER) ends no connection, so that nothing else shows it.
        if let (Some((old, new)), Some(tracker)) = (moved, self.purpose.tracker()) {
            tracker.changed_where(&|key| old.owner(key) != new.owner(key));
        }
        has_changed
    }

    /// The nodes to ask if no connected node answers: the seeds, and some nodes of the last map, different ones each
    /// time.
    pub(super) fn unconnected(&self, turn: usize) -> Vec<Address> {
        let seeds = self.seeds.addresses();
        let known = self.state.borrow().clone();
        let nodes: Vec<_> = match &known {
            State::Known(slots) => slots.nodes().collect(),
            _ => Vec::new(),
        };
        let is_seed = |node: &HostPort| seeds.iter().any(|seed| seed.tcp() == Some(node));
        let in_turn =
            nodes.iter().cycle().skip(turn % nodes.len().max(1)).take(nodes.len().min(MOST_UNCONNECTED));
        let others =
            in_turn.filter(|node| !is_seed(node)).filter_map(|node| self.seeds.address_of(node).ok());
        seeds.iter().cloned().chain(others).collect()
    }

    /// The map is out of date, or a master is lost.
    pub(super) fn note_stale(&self) {
        self.stale.notify_one();
    }

    /// Waits for [`note_stale`](Self::note_stale).
    pub(super) async fn until_stale(&self) {
        self.stale.notified().await;
    }

    pub(super) fn close(&self) {
        self.state.send_replace(State::Closed);
        self.nodes.close();
    }
}
