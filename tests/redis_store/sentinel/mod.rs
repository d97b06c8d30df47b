//! Redis Sentinel: real ones, and scripted ones for what a real one does not say on demand.

mod discovery;
mod failover;

use passport_socketio_native::redis_store::{Node, SentinelParts, TargetParts};

use crate::support::test_sentinel::NAME;

/// The master that the Sentinels at these ports name.
fn parts(ports: &[u16]) -> TargetParts {
    let nodes = ports.iter().map(|port| Node::Tcp("127.0.0.1".to_owned(), Some(*port))).collect();
    let sentinel = SentinelParts { name: NAME.to_owned(), username: None, password: None, tls: None };
    TargetParts { nodes, sentinel: Some(sentinel), ..TargetParts::default() }
}
