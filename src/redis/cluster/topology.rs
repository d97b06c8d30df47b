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
            let assess = move |condition: Condition, _: Option<&Fault>| {
                if let Some(topology) = topology.upgrade() {
                    topology.assess();
                    if condition == Condition::Down {
                        // No look-up may meet it: a connection that watches is asked for nothing.
                        topology.note_stale();
                    }
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
                moved = new.moved_since(old);
            }
            *known = next;
            true
        });
        self.assess();
        // The new master of a slot has been asked for none of its keys, and tells of none. A planned failover
        // (CLUSTER FAILOVER) ends no connection, so that nothing else shows it.
        if let (Some(is_moved), Some(tracker)) = (moved, self.purpose.tracker()) {
            tracker.changed_where(&is_moved);
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

#[cfg(test)]
mod tests {
    use std::{sync::Mutex, time::Duration};

    use tokio::time::timeout;

    use super::*;
    use crate::{
        redis::config::{
            options::{NodeOptions, TargetOptions},
            target::Target,
        },
        watch::Tracker,
    };

    /// Which of some keys were said to have changed.
    #[derive(Default)]
    struct Told(Mutex<Vec<&'static str>>);

    impl Tracker for Told {
        fn changed(&self, _: &[u8]) {}

        fn all_changed(&self) {}

        fn changed_where(&self, is_meant: &dyn Fn(&[u8]) -> bool) {
            let keys = ["bar", "d", "foo"].into_iter().filter(|key| is_meant(key.as_bytes()));
            self.0.lock().unwrap().extend(keys);
        }
    }

    /// Two masters that nobody is at; the second one has the slots from `first` on.
    fn map(first: usize) -> SlotMap {
        let node = |port: u16| format!("*2\r\n$9\r\n127.0.0.1\r\n:{port}\r\n");
        let range = |from, to, port| format!("*3\r\n:{from}\r\n:{to}\r\n{}", node(port));
        let text = format!("*2\r\n{}{}", range(0, first - 1, 1), range(first, 16_383, 2));
        let answer = ::redis::parse_redis_value(text.as_bytes()).unwrap();
        SlotMap::read(&answer, &HostPort { host: String::new(), port: 0 }).unwrap()
    }

    fn watched_by(told: Arc<Told>) -> Arc<Topology> {
        let nodes = vec![NodeOptions::tcp("127.0.0.1", 1)];
        let options = TargetOptions { nodes, cluster: true, ..TargetOptions::default() };
        let Target::Cluster(seeds) = Target::new(&options).unwrap() else { panic!("a cluster") };
        Topology::new(seeds, Purpose::watching(b"probe".to_vec(), told))
    }

    #[tokio::test]
    async fn a_lost_master_is_noticed_without_a_look_up() {
        let topology = watched_by(Arc::default());
        topology.update(Ok(map(8_000)));
        timeout(Duration::from_secs(10), topology.until_stale()).await.expect("nobody is at its masters");
    }

    #[tokio::test]
    async fn sessions_whose_slots_have_moved_are_told() {
        let told = Arc::new(Told::default());
        let topology = watched_by(told.clone());
        let moved = |map| {
            topology.update(map);
            std::mem::take(&mut *told.0.lock().unwrap())
        };
        // Slots 5061, 11298 and 12182.
        assert_eq!(moved(Ok(map(12_000))), [""; 0], "nothing was asked before the first map");
        assert_eq!(moved(Ok(map(12_000))), [""; 0]);
        assert_eq!(moved(Ok(map(11_000))), ["d"]);
        assert_eq!(moved(Err(Fault::new("no answer"))), [""; 0]);
        assert_eq!(moved(Ok(map(5_000))), ["bar"]);
        assert_eq!(moved(Ok(map(16_000))), ["bar", "d", "foo"]);
        topology.close();
        assert_eq!(moved(Ok(map(1))), [""; 0]);
    }
}
