//! Keeps the map of a cluster current.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures_util::future::join;
use redis::Value;
use tokio::time::{Instant, sleep_until, timeout};

use super::{nodes::NodeId, slots::SlotMap, topology::Shared};
use crate::redis_store::{
    address::Address,
    connect::{Probe, connect},
    fault::Fault,
    live::Live,
    race::first_of,
    supervisor::Link,
};

/// While all is well. MOVED tells of most changes at once; this is for what no look-up has come across.
const CALM: Duration = Duration::from_secs(5);
/// While a master is lost or slots have none: the others agree on a new one within a second or two. Also between two
/// questions that brought no news, however many look-ups fail meanwhile.
const ALARM: Duration = Duration::from_millis(250);
/// Between two questions at the least while each brings news: slots are on the move.
const GRAIN: Duration = Duration::from_millis(50);
/// How long a node may think before the next one is asked too.
const STAGGER: Duration = Duration::from_millis(100);
/// How long an answer may take on a connection that has answered before.
const PATIENCE: Duration = Duration::from_millis(500);

/// Runs until it is aborted.
pub(super) async fn keep(shared: Arc<Shared>) {
    for turn in 0.. {
        let asked = Instant::now();
        let learnt = ask(&shared, turn).await;
        let is_calm = learnt.as_ref().is_ok_and(|slots| is_whole(&shared, slots));
        let is_news = shared.learn(learnt);
        _ = timeout(if is_calm { CALM } else { ALARM }, shared.until_stale()).await;
        sleep_until(asked + if is_news { GRAIN } else { ALARM }).await;
    }
}

/// Whether every slot has a master that answers. A master that is new counts: its link has not been tried.
fn is_whole(shared: &Shared, slots: &SlotMap) -> bool {
    slots.is_complete() && !slots.masters().iter().any(|master| shared.nodes.is_down(master))
}

/// Asks the nodes that we are connected to, another one first each time. Then the seeds and some other nodes: all masters
/// may have gone and come back elsewhere, or their replicas are in their place.
async fn ask(shared: &Shared, turn: usize) -> Result<SlotMap, Fault> {
    let mut doubtful = OnceLock::new();
    let mut live = shared.nodes.live();
    if !live.is_empty() {
        let first = turn % live.len();
        live.rotate_left(first);
    }
    let asked = live.iter().map(|(node, link)| ask_link(link, node, &doubtful)).collect();
    if let Some(slots) = first_of(asked, STAGGER).await.ok().or_else(|| doubtful.take()) {
        return Ok(slots);
    }
    let strangers = shared.strangers(turn);
    let asked = strangers.iter().map(|stranger| ask_stranger(stranger, &doubtful)).collect();
    first_of(asked, STAGGER).await.or_else(|fault| doubtful.into_inner().ok_or(fault))
}

async fn ask_link(link: &Link, node: &NodeId, doubtful: &OnceLock<SlotMap>) -> Result<SlotMap, Fault> {
    in_time(async { ask_node(&link.connection().await?, node, doubtful).await }).await
}

async fn ask_stranger(address: &Address, doubtful: &OnceLock<SlotMap>) -> Result<SlotMap, Fault> {
    let asking = async {
        let (host, port) =
            address.tcp().ok_or_else(|| Fault::store("a Unix socket is no node of a cluster"))?;
        let connection = connect(address, Probe::Ping).await?;
        let node = NodeId { host: host.to_owned(), port };
        in_time(ask_node(&connection.live, &node, doubtful)).await
    };
    asking.await.map_err(|fault: Fault| Fault::store(format!("{}: {fault}", address.location())))
}

async fn in_time(asking: impl Future<Output = Result<SlotMap, Fault>>) -> Result<SlotMap, Fault> {
    timeout(PATIENCE, asking).await.unwrap_or_else(|_| Err(Fault::store("no answer to CLUSTER SLOTS")))
}

/// A node that is cut off from the others goes on to believe in its old map, and one that heard of the old master's end but
/// not of the new one has a gap in it. Such a map is put aside as `doubtful`, for when no better one is to be had.
async fn ask_node(live: &Live, node: &NodeId, doubtful: &OnceLock<SlotMap>) -> Result<SlotMap, Fault> {
    let (slots, info) = (redis::cmd("CLUSTER").arg("SLOTS").take(), redis::cmd("CLUSTER").arg("INFO").take());
    let (slots, info) = join(live.ask(&slots), live.ask(&info)).await;
    let slots = match slots? {
        Value::ServerError(refusal) => return Err((&refusal).into()),
        answer => SlotMap::read(&answer, node)?,
    };
    if slots.masters().is_empty() {
        // It was reset, or has not met the others yet.
        return Err(Fault::store("this node belongs to no cluster"));
    }
    if says_that_it_is_down(&info?) || !slots.is_complete() {
        _ = doubtful.set(slots);
        return Err(Fault::store("the cluster is not in order for this node"));
    }
    Ok(slots)
}

/// A user who may not ask is told nothing, and the map is believed.
fn says_that_it_is_down(info: &Value) -> bool {
    const DOWN: &[u8] = b"cluster_state:fail";
    matches!(info, Value::BulkString(text) if text.windows(DOWN.len()).any(|part| part == DOWN))
}
