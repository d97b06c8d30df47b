//! Redis Sentinel: real ones, and scripted ones for what a real one does not say on demand.

mod discovery;
mod failover;

use passport_socketio_native::redis::{NodeOptions, SentinelOptions, TargetOptions};

use crate::support::test_sentinel::NAME;

/// The master that the Sentinels at these ports name.
pub fn options(ports: &[u16]) -> TargetOptions {
    let nodes = ports.iter().map(|port| NodeOptions::tcp("127.0.0.1", *port)).collect();
    let sentinel = SentinelOptions { name: NAME.to_owned(), username: None, password: None, tls: None };
    TargetOptions { nodes, sentinel: Some(sentinel), ..TargetOptions::default() }
}
