//! Redis Cluster: real ones, and scripted nodes for what a real one does not do on demand.

mod failover;
mod look_ups;
mod odd_nodes;
mod outages;
mod resharding;

use passport_socketio_native::redis_store::{Node, TargetParts};

use crate::load::Client;

/// Reached through the nodes at these ports.
fn parts(seeds: &[u16]) -> TargetParts {
    let nodes = seeds.iter().map(|port| Node::Tcp("127.0.0.1".to_owned(), Some(*port))).collect();
    TargetParts { nodes, cluster: true, ..TargetParts::default() }
}

fn open(seeds: &[u16]) -> Client {
    Client::open(&parts(seeds))
}

/// So many keys, spread over all slots.
fn many_keys(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("sess:{number}")).collect()
}
