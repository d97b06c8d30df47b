//! Keeps the map of a cluster current.

use std::{sync::Arc, time::Duration};

use futures_util::future::select_ok;
use tokio::time::{sleep, timeout};

use super::{nodes::NodeId, slots::SlotMap, topology::Shared};
use crate::redis_store::{
    address::Address,
    connect::{Probe, connect},
    fault::Fault,
    live::Live,
};

/// While all is well. MOVED tells of most changes at once; this is for what no look-up has come across.
const CALM: Duration = Duration::from_secs(5);
/// While a master is lost or slots have none: the others agree on a new one within a second or two.
const ALARM: Duration = Duration::from_millis(250);
/// Between two questions at the least, however many look-ups were redirected.
const GRAIN: Duration = Duration::from_millis(50);
/// How long a node may think before the next one is asked too.
const STAGGER: Duration = Duration::from_millis(100);
/// How long an answer may take on a connection that has answered before.
const PATIENCE: Duration = Duration::from_millis(500);

/// Runs until it is aborted.
pub(super) async fn keep(shared: Arc<Shared>) {
    for turn in 0.. {
        let learnt = ask(&shared, turn).await;
        let is_calm = learnt.as_ref().is_ok_and(|slots| is_whole(&shared, slots));
        shared.learn(learnt);
        let pause = if is_calm { CALM } else { ALARM };
        _ = timeout(pause, shared.until_stale()).await;
        sleep(GRAIN).await;
    }
}

/// Whether every slot has a master that answers. A master that is new counts: its link has not been tried.
fn is_whole(shared: &Shared, slots: &SlotMap) -> bool {
    let lost = |master| shared.nodes.link(master).is_ok_and(|link| link.is_down());
    slots.is_complete() && !slots.masters().iter().any(lost)
}

/// Asks the nodes that we are connected to, another one first each time: one that is cut off from the others believes
/// in its old map. Then the seeds: all nodes may have gone and come back elsewhere.
async fn ask(shared: &Shared, turn: usize) -> Result<SlotMap, Fault> {
    let mut live = shared.nodes.live();
    if !live.is_empty() {
        let first = turn % live.len();
        live.rotate_left(first);
    }
    for (node, link) in live {
        let asking = async { ask_node(&link.connection().await?, &node).await };
        if let Ok(Ok(slots)) = timeout(PATIENCE, asking).await {
            return Ok(slots);
        }
    }
    let seeds = shared.seeds.addresses().iter().zip(0_u32..).map(|(seed, position)| {
        Box::pin(async move {
            sleep(STAGGER * position).await;
            ask_seed(seed).await.map_err(|fault| Fault::store(format!("{}: {fault}", seed.location())))
        })
    });
    select_ok(seeds).await.map(|(slots, _)| slots)
}

async fn ask_seed(seed: &Address) -> Result<SlotMap, Fault> {
    let (host, port) = seed.tcp().ok_or_else(|| Fault::store("a Unix socket is no node of a cluster"))?;
    let connection = connect(seed, Probe::Ping).await?;
    let node = NodeId { host: host.to_owned(), port };
    match timeout(PATIENCE, ask_node(&connection.live, &node)).await {
        Ok(answer) => answer,
        Err(_) => Err(Fault::store("no answer to CLUSTER SLOTS")),
    }
}

async fn ask_node(live: &Live, node: &NodeId) -> Result<SlotMap, Fault> {
    match live.ask(redis::cmd("CLUSTER").arg("SLOTS")).await? {
        redis::Value::ServerError(refusal) => Err((&refusal).into()),
        answer => match SlotMap::read(&answer, node)? {
            // A node that was reset, or has not met the others yet.
            slots if slots.masters().is_empty() => Err(Fault::store("this node belongs to no cluster")),
            slots => Ok(slots),
        },
    }
}
