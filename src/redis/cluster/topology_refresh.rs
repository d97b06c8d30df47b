//! Keeps the topology of a cluster current.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use ::redis::{Value, cmd};
use futures_util::future::join;
use tokio::time::{Instant, sleep_until, timeout};

use super::{slots::SlotMap, topology::Topology};
use crate::{
    pipeline::Fault,
    redis::{
        config::{address::Address, host_port::HostPort},
        connection::{
            connect::connect, greeting::Probe, handle::ConnectionHandle, supervisor::ManagedConnection,
        },
        staggered::first_of,
    },
};

/// While all masters answer. MOVED shows most changes at once. This finds changes that no look-up has met.
const REFRESH_INTERVAL: Duration = Duration::from_secs(5);
/// While a master is lost or slots have no master: the other nodes agree on a new one within a second or two. Also
/// the time between two refreshes that changed nothing, however many look-ups fail.
const URGENT_INTERVAL: Duration = Duration::from_millis(250);
/// The least time between two refreshes that each change something: slots are moving.
const LEAST_INTERVAL: Duration = Duration::from_millis(50);
/// How long a node may take before the next one is asked too.
const STAGGER: Duration = Duration::from_millis(100);
/// How long an answer may take on a connection that has answered before.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(500);

/// Runs until it is aborted.
pub(super) async fn keep_current(topology: Arc<Topology>) {
    for turn in 0.. {
        let asked = Instant::now();
        let discovered = ask(&topology, turn).await;
        let is_healthy = discovered.as_ref().is_ok_and(|slots| is_complete_and_up(&topology, slots));
        let has_changed = topology.update(discovered);
        _ = timeout(if is_healthy { REFRESH_INTERVAL } else { URGENT_INTERVAL }, topology.until_stale())
            .await;
        sleep_until(asked + if has_changed { LEAST_INTERVAL } else { URGENT_INTERVAL }).await;
    }
}

/// Whether every slot has a master that answers. A new master counts, because its connection has not been tried yet.
fn is_complete_and_up(topology: &Topology, slots: &SlotMap) -> bool {
    slots.is_complete() && !slots.masters().iter().any(|master| topology.nodes.is_down(master))
}

/// Asks the connected nodes, starting with another one each time. Then the seeds and some other nodes: all masters
/// may have gone and come back elsewhere, or replicas may have taken their place.
async fn ask(topology: &Topology, turn: usize) -> Result<SlotMap, Fault> {
    let mut doubtful = OnceLock::new();
    let mut connected = topology.nodes.connected();
    if !connected.is_empty() {
        let first = turn % connected.len();
        connected.rotate_left(first);
    }
    let asked =
        connected.iter().map(|(node, connection)| ask_connected(connection, node, &doubtful)).collect();
    if let Some(slots) = first_of(asked, STAGGER).await.ok().or_else(|| doubtful.take()) {
        return Ok(slots);
    }
    let others = topology.unconnected(turn);
    let asked = others.iter().map(|address| ask_unconnected(address, &doubtful)).collect();
    first_of(asked, STAGGER).await.or_else(|fault| doubtful.into_inner().ok_or(fault))
}

async fn ask_connected(
    connection: &ManagedConnection,
    node: &HostPort,
    doubtful: &OnceLock<SlotMap>,
) -> Result<SlotMap, Fault> {
    in_time(async { ask_node(&connection.connection().await?, node, doubtful).await }).await
}

async fn ask_unconnected(address: &Address, doubtful: &OnceLock<SlotMap>) -> Result<SlotMap, Fault> {
    let asking = async {
        let node = address.tcp().ok_or_else(|| Fault::new("a Unix socket is no node of a cluster"))?;
        let connection = connect(address, Probe::Ping).await?;
        in_time(ask_node(&connection.handle, node, doubtful)).await
    };
    asking.await.map_err(|fault: Fault| fault.reworded(|text| format!("{}: {text}", address.location())))
}

async fn in_time(asking: impl Future<Output = Result<SlotMap, Fault>>) -> Result<SlotMap, Fault> {
    timeout(ANSWER_TIMEOUT, asking)
        .await
        .unwrap_or_else(|_| Err(Fault::unreachable("no answer to CLUSTER SLOTS")))
}

/// A node that is cut off from the others keeps its old map. A node that knows that a master is gone, but not yet the
/// new one, has a map with a gap. Such a map is kept as `doubtful`, and used if there is no better one.
async fn ask_node(
    handle: &ConnectionHandle,
    node: &HostPort,
    doubtful: &OnceLock<SlotMap>,
) -> Result<SlotMap, Fault> {
    let (slots, info) = (cmd("CLUSTER").arg("SLOTS").take(), cmd("CLUSTER").arg("INFO").take());
    let (slots, info) = join(handle.ask(&slots), handle.ask(&info)).await;
    let slots = match slots? {
        Value::ServerError(refusal) => return Err((&refusal).into()),
        answer => SlotMap::read(&answer, node)?,
    };
    if slots.masters().is_empty() {
        // The node was reset, or has not met the others yet.
        return Err(Fault::new("this node belongs to no cluster"));
    }
    if reports_failure(&info?) || !slots.is_complete() {
        _ = doubtful.set(slots);
        return Err(Fault::new("the cluster is not in order for this node"));
    }
    Ok(slots)
}

/// If the user may not call CLUSTER INFO, the map is used.
fn reports_failure(info: &Value) -> bool {
    const DOWN: &[u8] = b"cluster_state:fail";
    let text = match info {
        Value::BulkString(text) => text,
        // RESP3.
        Value::VerbatimString { text, .. } => text.as_bytes(),
        _ => return false,
    };
    text.windows(DOWN.len()).any(|part| part == DOWN)
}
