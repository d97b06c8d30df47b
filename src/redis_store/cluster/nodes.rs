//! The connections to the nodes of a cluster.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::seeds::Seeds;
use crate::redis_store::{address::locate, fault::Fault, supervisor::Link};

/// Where a node is, as the cluster itself says it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct NodeId {
    pub(super) host: String,
    pub(super) port: u16,
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&locate(&self.host, self.port))
    }
}

/// One link a node that is of use.
pub(super) struct Nodes {
    seeds: Seeds,
    probe_key: Vec<u8>,
    open: Mutex<Open>,
    /// Reconnects of links that are gone by now.
    past_reconnects: AtomicU64,
}

#[derive(Default)]
struct Open {
    links: HashMap<NodeId, Member>,
    closed: bool,
}

struct Member {
    link: Link,
    /// Since the topology was last learnt: a node that takes over slots is named by ASK before the topology knows it.
    used: bool,
}

impl Nodes {
    pub(super) fn new(seeds: Seeds, probe_key: Vec<u8>) -> Self {
        Self { seeds, probe_key, open: Mutex::default(), past_reconnects: AtomicU64::new(0) }
    }

    /// The link to a node, opened if need be. Needs a tokio runtime.
    pub(super) fn link(&self, node: &NodeId) -> Result<Link, Fault> {
        let mut open = self.lock();
        if open.closed {
            return Err(Fault::Closed);
        }
        if let Some(member) = open.links.get_mut(node) {
            member.used = true;
            return Ok(member.link.clone());
        }
        let link = Link::open(self.seeds.address_of(node)?, self.probe_key.clone());
        open.links.insert(node.clone(), Member { link: link.clone(), used: true });
        Ok(link)
    }

    /// The links that are up.
    pub(super) fn live(&self) -> Vec<(NodeId, Link)> {
        let open = self.lock();
        let up = open.links.iter().filter(|(_, member)| member.link.is_up());
        up.map(|(node, member)| (node.clone(), member.link.clone())).collect()
    }

    /// Opens links to all `masters`, and closes those that are neither to a master nor were used of late.
    pub(super) fn keep(&self, masters: &[NodeId]) {
        for master in masters {
            // A master without a usable address is told to those whose sessions it has.
            _ = self.link(master);
        }
        let mut open = self.lock();
        open.links.retain(|node, member| {
            let keep = masters.contains(node) || member.used;
            if !keep {
                self.past_reconnects.fetch_add(member.link.reconnects(), Ordering::Relaxed);
            }
            member.used = false;
            keep
        });
    }

    pub(super) fn reconnects(&self) -> u64 {
        let open = self.lock();
        let present: u64 = open.links.values().map(|member| member.link.reconnects()).sum();
        present + self.past_reconnects.load(Ordering::Relaxed)
    }

    pub(super) fn close(&self) {
        let mut open = self.lock();
        open.closed = true;
        // Those who hold a link still find it closed.
        open.links.drain().for_each(|(_, member)| member.link.close());
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        // Held for a few lines that cannot leave the map half-done.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
