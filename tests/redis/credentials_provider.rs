//! Credentials that are asked for before each connection.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::future::BoxFuture;
use passport_socketio_native::{
    pipeline::Fault,
    redis::{
        Credentials, CredentialsProvider, Login, ManagedConnection, NodeOptions, Purpose, RedisSource,
        Target, TargetOptions,
    },
};
use tokio::time::timeout;

use crate::{
    helpers::{PROBE, eventually, get, open_node, recovers, text, value},
    support::test_redis::TestRedis,
};

/// Gives its answers in turn, the last one again and again.
struct Script {
    answers: Mutex<Vec<Answer>>,
    asked: Mutex<usize>,
}

#[derive(Clone)]
enum Answer {
    Password(&'static str),
    Nothing,
    Failure,
    Never,
}

impl Script {
    fn new(answers: &[Answer]) -> Arc<Self> {
        Arc::new(Self { answers: Mutex::new(answers.to_vec()), asked: Mutex::default() })
    }

    fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

impl CredentialsProvider for Script {
    fn ask(&self) -> BoxFuture<'static, Result<Option<Login>, Fault>> {
        *self.asked.lock().unwrap() += 1;
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        Box::pin(async move {
            match answer {
                Answer::Password(word) => Ok(Login::new(None, Some(word.to_owned()))),
                Answer::Nothing => Ok(None),
                Answer::Failure => Err(Fault::new("the vault is closed")),
                Answer::Never => std::future::pending().await,
            }
        })
    }
}

fn open(redis: &TestRedis, script: &Arc<Script>) -> ManagedConnection {
    let credentials = Some(Credentials::Provided(script.clone()));
    open_node(&NodeOptions::url(&redis.url()), &TargetOptions { credentials, ..TargetOptions::default() })
}

#[tokio::test]
async fn credentials_are_asked_for_before_each_connection() {
    let redis = TestRedis::start();
    redis.set("sess:a", "1");
    let mut admin = redis.admin();
    redis::cmd("CONFIG").arg(&["SET", "requirepass", "one"]).exec(&mut admin).unwrap();
    let script = Script::new(&[Answer::Password("one"), Answer::Password("two")]);
    let connection = open(&redis, &script);
    assert_eq!(get(&connection, "a").await, value("1"));
    assert_eq!(script.asked(), 1);
    redis::cmd("CONFIG").arg(&["SET", "requirepass", "two"]).exec(&mut admin).unwrap();
    redis::cmd("CLIENT").arg(&["KILL", "TYPE", "normal", "SKIPME", "yes"]).exec(&mut admin).unwrap();
    eventually("a new connection", async || {
        (connection.reconnects() == 1 && connection.is_up()).then_some(())
    })
    .await;
    assert_eq!(get(&connection, "a").await, value("1"));
    assert_eq!(script.asked(), 2);
}

#[tokio::test]
async fn credentials_that_cannot_be_had() {
    let redis = TestRedis::start();
    redis.set("sess:a", "1");
    let script = Script::new(&[Answer::Failure, Answer::Failure, Answer::Nothing]);
    let connection = open(&redis, &script);
    assert_eq!(text(get(&connection, "a").await), "the vault is closed");
    recovers(&connection, "a", &value("1")).await;
    assert_eq!(script.asked(), 3);
}

#[tokio::test]
async fn credentials_that_never_come() {
    let redis = TestRedis::start();
    let script = Script::new(&[Answer::Never]);
    let connection = open(&redis, &script);
    // The look-up has its own deadline.
    assert!(timeout(Duration::from_millis(300), get(&connection, "a")).await.is_err());
    connection.close();
    assert_eq!(get(&connection, "a").await, Err(Fault::Closed));
}

#[tokio::test]
async fn credentials_of_every_node_of_a_cluster() {
    let node = crate::support::test_cluster::start_node(&[]);
    node.run_line("CLUSTER ADDSLOTSRANGE 0 16383");
    node.run_line("CONFIG SET requirepass word");
    let script = Script::new(&[Answer::Password("word")]);
    let options = TargetOptions {
        nodes: vec![NodeOptions::tcp("127.0.0.1", node.port())],
        cluster: true,
        credentials: Some(Credentials::Provided(script.clone())),
        ..TargetOptions::default()
    };
    let source = RedisSource::open(Target::new(&options).unwrap(), Purpose::look_ups(PROBE.to_vec()));
    let wanted = ["sess:a".to_owned()];
    eventually("the node takes up work", async || {
        (crate::load::fetch(&source, &wanted).await == [Ok(None)]).then_some(())
    })
    .await;
    // To ask the seed, and for the look-ups.
    assert!(script.asked() >= 2);
}
