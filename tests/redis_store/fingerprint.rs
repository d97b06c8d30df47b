//! Which settings lead to the same Redis in the same way.

use std::{collections::HashMap, sync::Arc};

use futures_util::future::BoxFuture;
use passport_socketio_native::redis_store::{
    Credentials, Fault, Fingerprint, Login, LoginSource, Node, SentinelParts, Target, TargetParts, Tls,
};

use crate::support::certificates::Certificates;

struct Source;

impl LoginSource for Source {
    fn ask(&self) -> BoxFuture<'static, Result<Option<Login>, Fault>> {
        Box::pin(async { Ok(None) })
    }
}

fn url(text: &str) -> Vec<Node> {
    vec![Node::Url(text.to_owned())]
}

fn tcp(host: &str, port: u16) -> Node {
    Node::Tcp(host.to_owned(), Some(port))
}

fn print(parts: &TargetParts) -> Fingerprint {
    Target::from_parts(parts).unwrap().fingerprint()
}

#[test]
fn the_same_in_other_words_is_the_same() {
    let parts = TargetParts::default;
    let some = |text: &str| Some(text.to_owned());
    let sentinel = || Some(SentinelParts { name: "m".to_owned(), username: None, password: None, tls: None });
    let pairs = [
        (
            TargetParts { nodes: url("redis://127.0.0.1"), ..parts() },
            TargetParts { nodes: vec![tcp("127.0.0.1", 6379)], db: Some(0), ..parts() },
        ),
        (
            TargetParts { nodes: url("redis://u:p@H:1/2"), ..parts() },
            TargetParts {
                nodes: vec![tcp("h", 1)],
                username: some("u"),
                password: some("p"),
                db: Some(2),
                ..parts()
            },
        ),
        (
            TargetParts { nodes: url("redis://[::1]:1"), ..parts() },
            TargetParts { nodes: vec![tcp("0:0:0:0:0:0:0:1", 1)], ..parts() },
        ),
        (
            TargetParts { nodes: url("rediss://h"), tls: Some(Tls::default()), ..parts() },
            TargetParts { nodes: vec![tcp("h", 6379)], tls: Some(Tls::default()), ..parts() },
        ),
        (
            TargetParts { nodes: url("unix:///s?db=1"), ..parts() },
            TargetParts { nodes: vec![Node::Unix("/s".to_owned())], db: Some(1), ..parts() },
        ),
        (
            TargetParts { nodes: vec![tcp("a", 1), tcp("b", 2)], cluster: true, ..parts() },
            TargetParts { nodes: vec![tcp("b", 2), tcp("a", 1), tcp("a", 1)], cluster: true, ..parts() },
        ),
        (
            TargetParts { nodes: vec![tcp("a", 1), tcp("b", 26379)], sentinel: sentinel(), ..parts() },
            TargetParts {
                nodes: vec![Node::Tcp("b".to_owned(), None), tcp("a", 1)],
                sentinel: sentinel(),
                ..parts()
            },
        ),
    ];
    for (number, (one, other)) in pairs.iter().enumerate() {
        assert!(print(one) == print(other), "pair {number}");
    }
}

#[test]
fn whatever_differs_is_another_connection() {
    let parts = |text: &str| TargetParts { nodes: url(text), ..TargetParts::default() };
    let some = |text: &str| Some(text.to_owned());
    let tls = |tls: Tls| TargetParts { tls: Some(tls), ..parts("rediss://h") };
    let sentinel = |name: &str, password: Option<&str>, tls: Option<Tls>| {
        Some(SentinelParts {
            name: name.to_owned(),
            username: None,
            password: password.map(str::to_owned),
            tls,
        })
    };
    let asked = || Some(Credentials::Asked(Arc::new(Source)));
    let all = [
        ("plain", parts("redis://h")),
        ("host", parts("redis://i")),
        ("port", parts("redis://h:1")),
        ("database", parts("redis://h/1")),
        ("password", parts("redis://:p@h")),
        ("another password", parts("redis://:q@h")),
        ("user", parts("redis://u:p@h")),
        ("user and password the other way round", parts("redis://p:u@h")),
        ("user without password", parts("redis://u@h")),
        ("client name", TargetParts { client_name: some("n"), ..parts("redis://h") }),
        ("another client name", TargetParts { client_name: some("o"), ..parts("redis://h") }),
        ("a source of credentials", TargetParts { credentials: asked(), ..parts("redis://h") }),
        ("another source", TargetParts { credentials: asked(), ..parts("redis://h") }),
        ("socket", parts("unix:///h")),
        ("TLS", tls(Tls::default())),
        ("TLS that trusts all", tls(Tls { reject_unauthorized: false, ..Tls::default() })),
        ("TLS with a name", tls(Tls { servername: some("n"), ..Tls::default() })),
        ("TLS with another name", tls(Tls { servername: some("o"), ..Tls::default() })),
        ("cluster", TargetParts { cluster: true, ..parts("redis://h") }),
        ("cluster with a password", TargetParts { cluster: true, ..parts("redis://:p@h") }),
        ("Sentinel", TargetParts { sentinel: sentinel("m", None, None), ..parts("redis://h") }),
        ("another master", TargetParts { sentinel: sentinel("n", None, None), ..parts("redis://h") }),
        (
            "Sentinel with a password",
            TargetParts { sentinel: sentinel("m", Some("p"), None), ..parts("redis://h") },
        ),
        (
            "a master with a password",
            TargetParts {
                sentinel: sentinel("m", None, None),
                password: some("p"),
                nodes: vec![tcp("h", 6379)],
                ..TargetParts::default()
            },
        ),
        (
            "a master in another database",
            TargetParts { sentinel: sentinel("m", None, None), db: Some(1), ..parts("redis://h") },
        ),
        (
            "Sentinel over TLS",
            TargetParts {
                sentinel: sentinel("m", None, Some(Tls::default())),
                nodes: vec![tcp("h", 6379)],
                ..TargetParts::default()
            },
        ),
    ];
    let mut seen = HashMap::new();
    for (name, parts) in &all {
        assert!(print(parts) == print(parts), "{name}");
        if let Some(same) = seen.insert(print(parts), name) {
            panic!("{name} is taken for {same}");
        }
    }
}

#[test]
fn certificates_and_keys_tell_connections_apart() {
    let Some(files) = Certificates::make() else { return };
    let file = |name: &str| Some(files.text(name));
    let variants = [
        Tls { ca: file("ca.pem"), ..Tls::default() },
        Tls { ca: file("server.pem"), ..Tls::default() },
        Tls { cert: file("server.pem"), key: file("server.key"), ..Tls::default() },
        Tls { ca: file("ca.pem"), cert: file("server.pem"), key: file("server.key"), ..Tls::default() },
    ];
    let mut seen = HashMap::new();
    for (number, tls) in variants.into_iter().enumerate() {
        let parts = TargetParts { nodes: url("rediss://h"), tls: Some(tls), ..TargetParts::default() };
        assert!(print(&parts) == print(&parts));
        assert_eq!(seen.insert(print(&parts), number), None);
    }
}

#[test]
fn a_source_is_itself() {
    let source: Arc<dyn LoginSource> = Arc::new(Source);
    let parts = || TargetParts {
        nodes: url("redis://h"),
        credentials: Some(Credentials::Asked(Arc::clone(&source))),
        ..TargetParts::default()
    };
    assert!(print(&parts()) == print(&parts()));
}
