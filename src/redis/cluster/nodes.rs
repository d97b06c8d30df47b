//! The connections to the nodes of a cluster.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{
    pipeline::Fault,
    redis::{
        config::{host_port::HostPort, seeds::Seeds},
        connection::{purpose::Purpose, supervisor::ManagedConnection},
        health::Condition,
    },
};

use super::slots::SlotMap;

/// One connection per node in use.
pub(super) struct Nodes {
    seeds: Seeds,
    purpose: Purpose,
    open: Mutex<Open>,
    /// Reconnects of connections that were closed.
    past_reconnects: AtomicU64,
}

#[derive(Default)]
struct Open {
    connections: HashMap<HostPort, Entry>,
    closed: bool,
}

struct Entry {
    connection: ManagedConnection,
    /// ASK names a node that takes over slots before the map has it.
    used: Instant,
}

/// How long the connection to a node that is no master stays open after its last look-up.
const KEEP_UNUSED: Duration = Duration::from_secs(10);

impl Nodes {
    pub(super) fn new(seeds: Seeds, purpose: Purpose) -> Self {
        Self { seeds, purpose, open: Mutex::default(), past_reconnects: AtomicU64::new(0) }
    }

    /// The connection to a node, opened if necessary. The caller holds it until the look-up has ended, because the
    /// last one dropped closes the connection. Needs a tokio runtime.
    pub(super) fn connection(&self, node: &HostPort) -> Result<ManagedConnection, Fault> {
        let mut open = self.lock();
        if open.closed {
            return Err(Fault::Closed);
        }
        if let Some(entry) = open.connections.get_mut(node) {
            entry.used = Instant::now();
            return Ok(entry.connection.clone());
        }
        let connection = ManagedConnection::open(self.seeds.address_of(node)?, self.purpose.clone());
        open.connections.insert(node.clone(), Entry { connection: connection.clone(), used: Instant::now() });
        Ok(connection)
    }

    /// The connections that are up.
    pub(super) fn connected(&self) -> Vec<(HostPort, ManagedConnection)> {
        let open = self.lock();
        let up = open.connections.iter().filter(|(_, entry)| entry.connection.is_up());
        up.map(|(node, entry)| (node.clone(), entry.connection.clone())).collect()
    }

    /// Whether the last attempt to reach a node failed.
    pub(super) fn is_down(&self, node: &HostPort) -> bool {
        self.lock().connections.get(node).is_some_and(|entry| entry.connection.is_down())
    }

    /// The condition of the masters of a map together, and why. The fault names the node.
    pub(super) fn condition_of(&self, slots: &SlotMap) -> (Condition, Option<Fault>) {
        let conditions: Vec<_> = slots.masters().iter().map(|master| self.condition(master)).collect();
        let of = |wanted| conditions.iter().find(|(condition, _)| *condition == wanted).cloned();
        if let Some(down) = of(Condition::Down) {
            return down;
        }
        if !slots.is_complete() {
            return (Condition::Down, Some(Fault::new("some hash slots of the cluster have no master")));
        }
        of(Condition::Connecting).unwrap_or((Condition::Up, None))
    }

    fn condition(&self, master: &HostPort) -> (Condition, Option<Fault>) {
        let (condition, fault) = match self.lock().connections.get(master) {
            Some(entry) => entry.connection.condition(),
            None => match self.seeds.address_of(master) {
                Ok(_) => (Condition::Connecting, None),
                Err(fault) => (Condition::Down, Some(fault)),
            },
        };
        (condition, fault.map(|fault| named(master, fault)))
    }

    /// Opens connections to all `masters`. Closes those that lead to no master and were not used recently.
    pub(super) fn keep(&self, masters: &[HostPort]) {
        for master in masters {
            // A master without a usable address fails the look-ups of its sessions.
            _ = self.connection(master);
        }
        let mut has_lost = false;
        self.lock().connections.retain(|node, entry| {
            let keep = entry.used.elapsed() < KEEP_UNUSED || masters.contains(node);
            if !keep {
                self.past_reconnects.fetch_add(entry.connection.reconnects(), Ordering::Relaxed);
                has_lost |= entry.connection.is_tracking() == Some(true);
            }
            keep
        });
        // An ASK may have led there, to keys whose slots have not moved yet.
        if let Some(tracker) = self.purpose.tracker().filter(|_| has_lost) {
            tracker.all_changed();
        }
    }

    /// Whether all servers tell of changes, as far as that is known.
    pub(super) fn are_tracking(&self) -> Option<bool> {
        let open = self.lock();
        let known = open.connections.values().filter_map(|entry| entry.connection.is_tracking());
        known.reduce(|one, other| one && other)
    }

    pub(super) fn reconnects(&self) -> u64 {
        let open = self.lock();
        let present: u64 = open.connections.values().map(|entry| entry.connection.reconnects()).sum();
        present + self.past_reconnects.load(Ordering::Relaxed)
    }

    pub(super) fn close(&self) {
        let mut open = self.lock();
        open.closed = true;
        // Other holders of a connection find it closed.
        open.connections.drain().for_each(|(_, entry)| entry.connection.close());
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        // The lock is held for a few lines that leave the map complete.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Names the node: an operator has to know which one it is.
pub(super) fn named(node: &HostPort, fault: Fault) -> Fault {
    fault.reworded(|text| format!("{node}: {text}"))
}
