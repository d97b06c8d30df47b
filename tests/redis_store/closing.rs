//! Closing, at any moment.

use std::time::Duration;

use passport_socketio_native::redis_store::Fault;
use tokio::time::{sleep, timeout};

use crate::{
    helpers::{NIL, eventually, fetch_all, keys, open},
    support::fake_server::{Answer, FakeServer},
};

#[tokio::test]
async fn closing_with_look_ups_in_flight() {
    let server = FakeServer::start(|_, words| if words[0] == "MGET" { Answer::Silence } else { NIL });
    let link = open(&server.url());
    let live = link.connection().await.unwrap();
    let wanted = keys((0..300).map(|number| number.to_string()));
    let closing = async {
        sleep(Duration::from_millis(100)).await;
        link.close();
    };
    let (answers, ()) =
        timeout(Duration::from_secs(5), async { tokio::join!(fetch_all(&live, &wanted), closing) })
            .await
            .unwrap();
    assert!(answers.iter().all(|answer| *answer == Err(Fault::Closed)), "{answers:?}");
    assert_eq!(link.connection().await.err(), Some(Fault::Closed));
    assert_eq!(fetch_all(&live, &keys(["a"])).await, [Err(Fault::Closed)]);
    eventually("the server sees the end", async || (server.open() == 0).then_some(())).await;
    sleep(Duration::from_millis(700)).await;
    assert_eq!(server.open(), 0, "a closed link stays closed");
}

#[tokio::test]
async fn closing_while_connecting() {
    let server = FakeServer::start(|_, _| Answer::Silence);
    let link = open(&server.url());
    let closing = async {
        sleep(Duration::from_millis(50)).await;
        link.close();
    };
    let (answer, ()) = tokio::join!(link.connection(), closing);
    assert_eq!(answer.err(), Some(Fault::Closed));
}

#[tokio::test]
async fn the_last_link_closes() {
    let server = FakeServer::start(|_, _| NIL);
    let link = open(&server.url());
    let (live, second) = (link.connection().await.unwrap(), link.clone());
    drop(link);
    assert_eq!(fetch_all(&live, &keys(["a"])).await, [Ok(None)]);
    drop(second);
    assert_eq!(fetch_all(&live, &keys(["a"])).await, [Err(Fault::Closed)]);
    eventually("the server sees the end", async || (server.open() == 0).then_some(())).await;
}
