//! The connections to the nodes of a cluster.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use super::seeds::Seeds;
use crate::redis_store::{address::locate, fault::Fault, supervisor::Link};

/// Where a node is, as the cluster itself says it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// A node that takes over slots is named by ASK before the map knows it.
    used: Instant,
}

/// How long the link to a node that is no master stays open after its last look-up.
const LINGER: Duration = Duration::from_secs(10);

impl Nodes {
    pub(super) fn new(seeds: Seeds, probe_key: Vec<u8>) -> Self {
        Self { seeds, probe_key, open: Mutex::default(), past_reconnects: AtomicU64::new(0) }
    }

    /// The link to a node, opened if need be. To be held until the look-up has ended: the last one dropped closes the
    /// connection. Needs a tokio runtime.
    pub(super) fn link(&self, node: &NodeId) -> Result<Link, Fault> {
        let mut open = self.lock();
        if open.closed {
            return Err(Fault::Closed);
        }
        if let Some(member) = open.links.get_mut(node) {
            member.used = Instant::now();
            return Ok(member.link.clone());
        }
        let link = Link::open(self.seeds.address_of(node)?, self.probe_key.clone());
        open.links.insert(node.clone(), Member { link: link.clone(), used: Instant::now() });
        Ok(link)
    }

    /// The links that are up.
    pub(super) fn live(&self) -> Vec<(NodeId, Link)> {
        let open = self.lock();
        let up = open.links.iter().filter(|(_, member)| member.link.is_up());
        up.map(|(node, member)| (node.clone(), member.link.clone())).collect()
    }

    /// Whether the last attempt to reach a node failed.
    pub(super) fn is_down(&self, node: &NodeId) -> bool {
        self.lock().links.get(node).is_some_and(|member| member.link.is_down())
    }

    /// Opens links to all `masters`, and closes those that are neither to a master nor were used of late.
    pub(super) fn keep(&self, masters: &[NodeId]) {
        for master in masters {
            // A master without a usable address is told to those whose sessions it has.
            _ = self.link(master);
        }
        self.lock().links.retain(|node, member| {
            let keep = member.used.elapsed() < LINGER || masters.contains(node);
            if !keep {
                self.past_reconnects.fetch_add(member.link.reconnects(), Ordering::Relaxed);
            }
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
