//! Closing, at any moment.

use std::time::Duration;

use passport_socketio_native::pipeline::Fault;
use tokio::time::{sleep, timeout};

use crate::{
    helpers::{NIL, eventually, fetch_all, keys, open},
    support::fake_server::{Answer, FakeServer},
};

#[tokio::test]
async fn closing_with_look_ups_in_flight() {
    let server = FakeServer::start(|_, words| if words[0] == "MGET" { Answer::Silence } else { NIL });
    let connection = open(&server.url());
    let handle = connection.connection().await.unwrap();
    let wanted = keys((0..300).map(|number| number.to_string()));
    let closing = async {
        sleep(Duration::from_millis(100)).await;
        connection.close();
    };
    let (answers, ()) =
        timeout(Duration::from_secs(5), async { tokio::join!(fetch_all(&handle, &wanted), closing) })
            .await
            .unwrap();
    assert!(answers.iter().all(|answer| *answer == Err(Fault::Closed)), "{answers:?}");
    assert_eq!(connection.connection().await.err(), Some(Fault::Closed));
    assert_eq!(fetch_all(&handle, &keys(["a"])).await, [Err(Fault::Closed)]);
    eventually("the server sees the end", async || (server.open() == 0).then_some(())).await;
    sleep(Duration::from_millis(700)).await;
    assert_eq!(server.open(), 0, "a closed connection stays closed");
}

#[tokio::test]
async fn closing_while_connecting() {
    let server = FakeServer::start(|_, _| Answer::Silence);
    let connection = open(&server.url());
    let closing = async {
        sleep(Duration::from_millis(50)).await;
        connection.close();
    };
    let (answer, ()) = tokio::join!(connection.connection(), closing);
    assert_eq!(answer.err(), Some(Fault::Closed));
}

#[tokio::test]
async fn the_last_link_closes() {
    let server = FakeServer::start(|_, _| NIL);
    let connection = open(&server.url());
    let (handle, second) = (connection.connection().await.unwrap(), connection.clone());
    drop(connection);
    assert_eq!(fetch_all(&handle, &keys(["a"])).await, [Ok(None)]);
    drop(second);
    assert_eq!(fetch_all(&handle, &keys(["a"])).await, [Err(Fault::Closed)]);
    eventually("the server sees the end", async || (server.open() == 0).then_some(())).await;
}
