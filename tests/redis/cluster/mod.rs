//! Redis Cluster: real ones, and scripted nodes for what a real one does not do on demand.

mod failover;
mod look_ups;
mod odd_nodes;
mod outages;
mod resharding;

use passport_socketio_native::redis::{NodeOptions, TargetOptions};

use crate::load::Client;

/// Reached through the nodes at these ports.
pub fn options(seeds: &[u16]) -> TargetOptions {
    let nodes = seeds.iter().map(|port| NodeOptions::tcp("127.0.0.1", *port)).collect();
    TargetOptions { nodes, cluster: true, ..TargetOptions::default() }
}

fn open(seeds: &[u16]) -> Client {
    Client::open(&options(seeds))
}

/// So many keys, spread over all slots.
fn many_keys(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("sess:{number}")).collect()
}
