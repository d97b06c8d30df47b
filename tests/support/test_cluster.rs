//! A real Redis Cluster: a `redis-server` a node, each killed when dropped.

use std::{
    net::TcpListener,
    process,
    sync::atomic::{AtomicU16, Ordering},
    thread::sleep,
    time::{Duration, Instant},
};

use redis::Value;

use super::test_redis::TestRedis;

pub const SLOTS: usize = 16384;

/// Masters, each with an equal share of the slots, and then as many replicas, in the order of their masters.
pub struct TestCluster {
    nodes: Vec<TestRedis>,
    /// What the cluster calls them.
    ids: Vec<String>,
    masters: usize,
}

impl TestCluster {
    /// `options` as on the command line, for every node.
    pub fn start(masters: usize, replicas: bool, options: &[&str]) -> Self {
        let count = if replicas { 2 * masters } else { masters };
        let nodes: Vec<_> = (0..count).map(|_| start_node(options)).collect();
        let ids = nodes.iter().map(id_of).collect();
        let cluster = Self { nodes, ids, masters };
        cluster.join();
        cluster
    }

    pub fn node(&self, index: usize) -> &TestRedis {
        &self.nodes[index]
    }

    pub fn node_mut(&mut self, index: usize) -> &mut TestRedis {
        &mut self.nodes[index]
    }

    pub fn nodes(&self) -> &[TestRedis] {
        &self.nodes
    }

    pub fn nodes_mut(&mut self) -> &mut [TestRedis] {
        &mut self.nodes
    }

    /// One more node, which knows the others and serves no slot.
    pub fn add(&mut self, options: &[&str]) -> usize {
        let node = start_node(options);
        self.ids.push(id_of(&node));
        self.nodes.push(node);
        let added = self.nodes.len() - 1;
        self.meet(added, 0);
        self.eventually(|| self.nodes.iter().all(|node| knows(node, self.nodes.len()) && is_ok(node)));
        added
    }

    /// Puts a new node in the place of one that is gone for good, without its keys, as an operator would.
    pub fn replace(&mut self, lost: usize, options: &[&str]) {
        let new = start_node(options);
        let slots: Vec<_> = self.first_slots(lost).collect();
        // Newer than whatever the lost one was.
        new.run_line("CLUSTER SET-CONFIG-EPOCH 100");
        new.run_line(&format!("CLUSTER ADDSLOTSRANGE {} {}", slots[0], slots[slots.len() - 1]));
        for node in self.nodes.iter().enumerate().filter_map(|(index, node)| (index != lost).then_some(node))
        {
            node.run_line(&format!("CLUSTER FORGET {}", self.ids[lost]));
        }
        self.ids[lost] = id_of(&new);
        self.nodes[lost] = new;
        (0..self.nodes.len()).filter(|other| *other != lost).for_each(|other| self.meet(lost, other));
        self.eventually(|| self.nodes.iter().all(|node| is_ok(node) && self.tells_all(node)));
    }

    fn meet(&self, one: usize, other: usize) {
        self.nodes[one].run_line(&format!("CLUSTER MEET 127.0.0.1 {}", self.nodes[other].port()));
    }

    /// Which of the masters has a slot while nothing was moved.
    pub fn first_owner(&self, slot: usize) -> usize {
        slot * self.masters / SLOTS
    }

    /// The slots of a master while nothing was moved.
    pub fn first_slots(&self, master: usize) -> impl Iterator<Item = usize> {
        (0..SLOTS).filter(move |slot| self.first_owner(*slot) == master)
    }

    /// By the server's own reckoning.
    pub fn slots_of(&self, keys: &[String]) -> Vec<usize> {
        let mut ask = redis::pipe();
        for key in keys {
            ask.cmd("CLUSTER").arg("KEYSLOT").arg(key);
        }
        ask.query(&mut self.nodes[0].admin()).unwrap()
    }

    /// The keys of one master, and all others, while nothing was moved.
    pub fn split(&self, keys: &[String], master: usize) -> (Vec<String>, Vec<String>) {
        let slots = self.slots_of(keys);
        let is_its = |slot: &usize| self.first_owner(*slot) == master;
        let keys_of = |its: bool| {
            let chosen = keys.iter().zip(&slots).filter(|(_, slot)| is_its(slot) == its);
            chosen.map(|(key, _)| key.clone()).collect()
        };
        (keys_of(true), keys_of(false))
    }

    /// Gives each key itself as value, while nothing was moved.
    pub fn fill(&self, keys: &[String]) {
        let slots = self.slots_of(keys);
        for master in 0..self.masters {
            let mut fill = redis::pipe();
            for (key, _) in keys.iter().zip(&slots).filter(|(_, slot)| self.first_owner(**slot) == master) {
                fill.cmd("SET").arg(key).arg(key).ignore();
            }
            fill.exec(&mut self.nodes[master].admin()).unwrap();
        }
    }

    /// The first half of moving slots: its keys may from now on be at both nodes.
    pub fn begin_to_move(&self, slots: &[usize], from: usize, to: usize) {
        self.set_slots(to, slots, &format!("IMPORTING {}", self.ids[from]));
        self.set_slots(from, slots, &format!("MIGRATING {}", self.ids[to]));
    }

    /// The keys of `slots` that `node` has.
    pub fn keys_in(&self, node: usize, slots: &[usize]) -> Vec<Vec<u8>> {
        let mut ask = redis::pipe();
        for slot in slots {
            ask.cmd("CLUSTER").arg("GETKEYSINSLOT").arg(slot).arg(10_000);
        }
        let keys: Vec<Vec<Vec<u8>>> = ask.query(&mut self.nodes[node].admin()).unwrap();
        keys.concat()
    }

    /// Moves keys of one slot or several ahead of their slots.
    pub fn migrate(&self, keys: &[Vec<u8>], from: usize, to: usize) {
        if keys.is_empty() {
            return;
        }
        let mut migrate = redis::pipe();
        for key in keys {
            migrate
                .cmd("MIGRATE")
                .arg("127.0.0.1")
                .arg(self.nodes[to].port())
                .arg(key)
                .arg(0)
                .arg(10_000)
                .ignore();
        }
        migrate.exec(&mut self.nodes[from].admin()).unwrap();
    }

    /// The second half: all nodes are told, in the order that the Redis documentation asks for.
    pub fn end_move(&self, slots: &[usize], from: usize, to: usize) {
        let verdict = format!("NODE {}", self.ids[to]);
        self.set_slots(to, slots, &verdict);
        self.set_slots(from, slots, &verdict);
        for other in (0..self.nodes.len()).filter(|other| ![from, to].contains(other)) {
            self.set_slots(other, slots, &verdict);
        }
    }

    /// Moves slots with their keys.
    pub fn move_slots(&self, slots: &[usize], from: usize, to: usize) {
        self.begin_to_move(slots, from, to);
        self.migrate(&self.keys_in(from, slots), from, to);
        self.end_move(slots, from, to);
    }

    /// Waits until every node that answers says that the cluster is in order.
    pub fn wait_until_ok(&self) {
        self.eventually(|| self.nodes.iter().all(is_ok));
    }

    /// Waits until a node is a master.
    pub fn wait_until_master(&self, index: usize) {
        self.eventually(|| self.nodes[index].info("replication").contains("role:master"));
    }

    fn set_slots(&self, node: usize, slots: &[usize], what: &str) {
        let mut set = redis::pipe();
        for slot in slots {
            set.cmd("CLUSTER").arg("SETSLOT").arg(slot).arg(what.split(' ').collect::<Vec<_>>()).ignore();
        }
        set.exec(&mut self.nodes[node].admin()).unwrap();
    }

    /// What `redis-cli --cluster create` does, without its pauses.
    fn join(&self) {
        for (master, node) in self.nodes.iter().enumerate().take(self.masters) {
            let slots: Vec<_> = self.first_slots(master).collect();
            node.run_line(&format!("CLUSTER SET-CONFIG-EPOCH {}", master + 1));
            node.run_line(&format!("CLUSTER ADDSLOTSRANGE {} {}", slots[0], slots[slots.len() - 1]));
        }
        for one in 0..self.nodes.len() {
            (0..one).for_each(|other| self.meet(one, other));
        }
        self.eventually(|| self.nodes.iter().all(|node| knows(node, self.nodes.len())));
        for (replica, node) in self.nodes.iter().enumerate().skip(self.masters) {
            node.run_line(&format!("CLUSTER REPLICATE {}", self.ids[replica - self.masters]));
        }
        self.wait_until_ok();
        let replicas = &self.nodes[self.masters..];
        self.eventually(|| {
            let linked =
                replicas.iter().all(|node| node.info("replication").contains("master_link_status:up"));
            linked && self.nodes.iter().all(|node| self.tells_all(node))
        });
    }

    /// Whether a node tells of all ranges, each with its replica.
    fn tells_all(&self, node: &TestRedis) -> bool {
        let Value::Array(ranges) = node.run_line("CLUSTER SLOTS") else { return false };
        let nodes_a_range = self.nodes.len() / self.masters;
        let is_whole =
            |range: &Value| matches!(range, Value::Array(parts) if parts.len() == 2 + nodes_a_range);
        ranges.len() == self.masters && ranges.iter().all(is_whole)
    }

    fn eventually(&self, condition: impl Fn() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !condition() {
            if Instant::now() > deadline {
                let views: Vec<_> = self.nodes.iter().map(|node| node.run_line("CLUSTER NODES")).collect();
                panic!("the cluster does not get there in 30 s: {views:?}");
            }
            sleep(Duration::from_millis(20));
        }
    }
}

/// A failover within some two seconds of a death, and a replica that has its data at once.
const OPTIONS: [&str; 12] = [
    "--cluster-enabled",
    "yes",
    "--cluster-config-file",
    "nodes.conf",
    "--cluster-node-timeout",
    "1000",
    "--cluster-replica-validity-factor",
    "0",
    "--repl-diskless-sync-delay",
    "0",
    "--repl-ping-replica-period",
    "1",
];

/// Alone, and in no cluster yet.
pub fn start_node(options: &[&str]) -> TestRedis {
    let options = [&OPTIONS, options].concat();
    (0..5)
        .find_map(|_| TestRedis::launch(free_port_of_a_node(), &options))
        .expect("redis-server does not start: is it installed?")
}

/// A node listens at 10000 above its port too. Both are below the ports that the system gives away by itself.
fn free_port_of_a_node() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let is_free = |port| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let first = u16::try_from(process::id() % 12_000).unwrap();
    loop {
        let port = 10_000 + (first + NEXT.fetch_add(7, Ordering::Relaxed)) % 12_000;
        if is_free(port) && is_free(port + 10_000) {
            return port;
        }
    }
}

fn id_of(node: &TestRedis) -> String {
    text(&node.run_line("CLUSTER MYID"))
}

fn is_ok(node: &TestRedis) -> bool {
    text(&node.run_line("CLUSTER INFO")).contains("cluster_state:ok")
}

/// Whether a node knows so many by their names, which it does once they have shaken hands.
fn knows(node: &TestRedis, count: usize) -> bool {
    let nodes = text(&node.run_line("CLUSTER NODES"));
    nodes.lines().count() == count && !nodes.contains("handshake")
}

fn text(value: &Value) -> String {
    redis::from_redis_value_ref(value).unwrap()
}
