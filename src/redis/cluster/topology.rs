//! What is known of a cluster, shared by the keeper, who learns it, and the look-ups.

use std::sync::Arc;

use tokio::sync::{Notify, watch};

use super::{nodes::Nodes, slots::SlotMap};
use crate::{
    pipeline::Fault,
    redis::config::{address::Address, host_port::HostPort, seeds::Seeds},
};

/// How many nodes of the last map to ask at a time: the whole of a large cluster may be down.
const MOST_UNCONNECTED: usize = 6;

pub(super) struct Topology {
    pub(super) seeds: Seeds,
    pub(super) nodes: Nodes,
    slots: watch::Sender<Knowledge>,
    stale: Notify,
}

#[derive(Clone)]
enum Knowledge {
    /// Until the first attempt has ended: look-ups wait.
    Asking,
    Known(Arc<SlotMap>),
    /// No node has told yet, and this is why.
    Unknown(Fault),
    Closed,
}

impl Topology {
    pub(super) fn new(seeds: Seeds, probe_key: Vec<u8>) -> Self {
        let nodes = Nodes::new(seeds.clone(), probe_key);
        Self { seeds, nodes, slots: watch::Sender::new(Knowledge::Asking), stale: Notify::new() }
    }

    /// The map as last learnt. Waits only while it is asked for the first time.
    pub(super) async fn slots(&self) -> Result<Arc<SlotMap>, Fault> {
        let mut knowledge = self.slots.subscribe();
        match knowledge.wait_for(|known| !matches!(known, Knowledge::Asking)).await.as_deref() {
            Ok(Knowledge::Known(slots)) => Ok(slots.clone()),
            Ok(Knowledge::Unknown(fault)) => Err(fault.clone()),
            Ok(Knowledge::Asking | Knowledge::Closed) | Err(_) => Err(Fault::Closed),
        }
    }

    /// What was just learnt; gives whether the map is another one now. A failure changes nothing once the map is known: it
    /// may be right still, and the links to its masters say better what is wrong.
    pub(super) fn update(&self, discovered: Result<SlotMap, Fault>) -> bool {
        if let Ok(slots) = &discovered {
            self.nodes.keep(slots.masters());
        }
        let mut is_news = false;
        self.slots.send_if_modified(|known| {
            let next = match (&*known, discovered) {
                (Knowledge::Closed, _) | (Knowledge::Known(_), Err(_)) => return false,
                (Knowledge::Known(old), Ok(slots)) if **old == slots => return false,
                (_, Ok(slots)) => Knowledge::Known(Arc::new(slots)),
                (_, Err(fault)) => Knowledge::Unknown(fault),
            };
            is_news = matches!(next, Knowledge::Known(_));
            *known = next;
            true
        });
        is_news
    }

    /// Whom to ask when none of the nodes that we are connected to can tell: the seeds, and some nodes of the last map,
    /// other ones each time.
    pub(super) fn unconnected(&self, turn: usize) -> Vec<Address> {
        let seeds = self.seeds.addresses();
        let known = self.slots.borrow().clone();
        let nodes: Vec<_> = match &known {
            Knowledge::Known(slots) => slots.nodes().collect(),
            _ => Vec::new(),
        };
        let is_seed = |node: &HostPort| seeds.iter().any(|seed| seed.tcp() == Some(node));
        let in_turn =
            nodes.iter().cycle().skip(turn % nodes.len().max(1)).take(nodes.len().min(MOST_UNCONNECTED));
        let others =
            in_turn.filter(|node| !is_seed(node)).filter_map(|node| self.seeds.address_of(node).ok());
        seeds.iter().cloned().chain(others).collect()
    }

    /// The map is known to be out of date, or a master is lost.
    pub(super) fn note_stale(&self) {
        self.stale.notify_one();
    }

    /// Waits for [`note_stale`](Self::note_stale).
    pub(super) async fn until_stale(&self) {
        self.stale.notified().await;
    }

    pub(super) fn close(&self) {
        self.slots.send_replace(Knowledge::Closed);
        self.nodes.close();
    }
}
