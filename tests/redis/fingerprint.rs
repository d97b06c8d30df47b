//! Which settings lead to the same Redis in the same way.

use std::{collections::HashMap, sync::Arc};

use futures_util::future::BoxFuture;
use passport_socketio_native::{
    pipeline::Fault,
    redis::{
        Credentials, CredentialsProvider, Fingerprint, Login, NodeOptions, SentinelOptions, Target,
        TargetOptions, TlsOptions,
    },
};

use crate::support::certificates::Certificates;

struct Source;

impl CredentialsProvider for Source {
    fn ask(&self) -> BoxFuture<'static, Result<Option<Login>, Fault>> {
        Box::pin(async { Ok(None) })
    }
}

fn url(text: &str) -> Vec<NodeOptions> {
    vec![NodeOptions::url(text)]
}

fn tcp(host: &str, port: u16) -> NodeOptions {
    NodeOptions::tcp(host, port)
}

fn print(options: &TargetOptions) -> Fingerprint {
    Target::new(options).unwrap().fingerprint()
}

#[test]
fn the_same_in_other_words_is_the_same() {
    let options = TargetOptions::default;
    let some = |text: &str| Some(text.to_owned());
    let sentinel = || Some(SentinelOptions { name: "m".to_owned(), ..SentinelOptions::default() });
    let pairs = [
        (
            TargetOptions { nodes: url("redis://127.0.0.1"), ..options() },
            TargetOptions { nodes: vec![tcp("127.0.0.1", 6379)], db: Some(0), ..options() },
        ),
        (
            TargetOptions { nodes: url("redis://u:p@H:1/2"), ..options() },
            TargetOptions {
                nodes: vec![tcp("h", 1)],
                username: some("u"),
                password: some("p"),
                db: Some(2),
                ..options()
            },
        ),
        (
            TargetOptions { nodes: url("redis://[::1]:1"), ..options() },
            TargetOptions { nodes: vec![tcp("0:0:0:0:0:0:0:1", 1)], ..options() },
        ),
        (
            TargetOptions { nodes: url("rediss://h"), tls: Some(TlsOptions::default()), ..options() },
            TargetOptions { nodes: vec![tcp("h", 6379)], tls: Some(TlsOptions::default()), ..options() },
        ),
        (
            TargetOptions { nodes: url("unix:///s?db=1"), ..options() },
            TargetOptions { nodes: vec![NodeOptions::unix("/s")], db: Some(1), ..options() },
        ),
        (
            TargetOptions { nodes: vec![tcp("a", 1), tcp("b", 2)], cluster: true, ..options() },
            TargetOptions { nodes: vec![tcp("b", 2), tcp("a", 1), tcp("a", 1)], cluster: true, ..options() },
        ),
        (
            TargetOptions { nodes: vec![tcp("a", 1), tcp("b", 26379)], sentinel: sentinel(), ..options() },
            TargetOptions {
                nodes: vec![NodeOptions { host: some("b"), ..NodeOptions::default() }, tcp("a", 1)],
                sentinel: sentinel(),
                ..options()
            },
        ),
    ];
    for (number, (one, other)) in pairs.iter().enumerate() {
        assert!(print(one) == print(other), "pair {number}");
    }
}

#[test]
fn whatever_differs_is_another_connection() {
    let options = |text: &str| TargetOptions { nodes: url(text), ..TargetOptions::default() };
    let some = |text: &str| Some(text.to_owned());
    let tls = |tls: TlsOptions| TargetOptions { tls: Some(tls), ..options("rediss://h") };
    let sentinel = |name: &str, password: Option<&str>, tls: Option<TlsOptions>| {
        Some(SentinelOptions {
            name: name.to_owned(),
            username: None,
            password: password.map(str::to_owned),
            tls,
        })
    };
    let asked = || Some(Credentials::Provided(Arc::new(Source)));
    let all = [
        ("plain", options("redis://h")),
        ("host", options("redis://i")),
        ("port", options("redis://h:1")),
        ("database", options("redis://h/1")),
        ("password", options("redis://:p@h")),
        ("another password", options("redis://:q@h")),
        ("user", options("redis://u:p@h")),
        ("user and password the other way round", options("redis://p:u@h")),
        ("user without password", options("redis://u@h")),
        ("client name", TargetOptions { client_name: some("n"), ..options("redis://h") }),
        ("another client name", TargetOptions { client_name: some("o"), ..options("redis://h") }),
        ("a source of credentials", TargetOptions { credentials: asked(), ..options("redis://h") }),
        ("another source", TargetOptions { credentials: asked(), ..options("redis://h") }),
        ("socket", options("unix:///h")),
        ("TLS", tls(TlsOptions::default())),
        ("TLS that trusts all", tls(TlsOptions { reject_unauthorized: false, ..TlsOptions::default() })),
        ("TLS with a name", tls(TlsOptions { servername: some("n"), ..TlsOptions::default() })),
        ("TLS with another name", tls(TlsOptions { servername: some("o"), ..TlsOptions::default() })),
        ("cluster", TargetOptions { cluster: true, ..options("redis://h") }),
        ("cluster with a password", TargetOptions { cluster: true, ..options("redis://:p@h") }),
        ("Sentinel", TargetOptions { sentinel: sentinel("m", None, None), ..options("redis://h") }),
        ("another master", TargetOptions { sentinel: sentinel("n", None, None), ..options("redis://h") }),
        (
            "Sentinel with a password",
            TargetOptions { sentinel: sentinel("m", Some("p"), None), ..options("redis://h") },
        ),
        (
            "a master with a password",
            TargetOptions {
                sentinel: sentinel("m", None, None),
                password: some("p"),
                nodes: vec![tcp("h", 6379)],
                ..TargetOptions::default()
            },
        ),
        (
            "a master in another database",
            TargetOptions { sentinel: sentinel("m", None, None), db: Some(1), ..options("redis://h") },
        ),
        (
            "Sentinel over TLS",
            TargetOptions {
                sentinel: sentinel("m", None, Some(TlsOptions::default())),
                nodes: vec![tcp("h", 6379)],
                ..TargetOptions::default()
            },
        ),
    ];
    let mut seen = HashMap::new();
    for (name, options) in &all {
        assert!(print(options) == print(options), "{name}");
        if let Some(same) = seen.insert(print(options), name) {
            panic!("{name} is taken for {same}");
        }
    }
}

#[test]
fn certificates_and_keys_tell_connections_apart() {
    let Some(files) = Certificates::make() else { return };
    let file = |name: &str| Some(files.text(name));
    let variants = [
        TlsOptions { ca: file("ca.pem"), ..TlsOptions::default() },
        TlsOptions { ca: file("server.pem"), ..TlsOptions::default() },
        TlsOptions { cert: file("server.pem"), key: file("server.key"), ..TlsOptions::default() },
        TlsOptions {
            ca: file("ca.pem"),
            cert: file("server.pem"),
            key: file("server.key"),
            ..TlsOptions::default()
        },
    ];
    let mut seen = HashMap::new();
    for (number, tls) in variants.into_iter().enumerate() {
        let options = TargetOptions { nodes: url("rediss://h"), tls: Some(tls), ..TargetOptions::default() };
        assert!(print(&options) == print(&options));
        assert_eq!(seen.insert(print(&options), number), None);
    }
}

#[test]
fn a_source_is_itself() {
    let source: Arc<dyn CredentialsProvider> = Arc::new(Source);
    let options = || TargetOptions {
        nodes: url("redis://h"),
        credentials: Some(Credentials::Provided(Arc::clone(&source))),
        ..TargetOptions::default()
    };
    assert!(print(&options()) == print(&options()));
}
