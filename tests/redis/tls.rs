//! TLS, with certificates made on the spot.

use passport_socketio_native::{
    pipeline::ReadResult,
    redis::{Address, ManagedConnection, NodeOptions, Purpose, TargetOptions, TlsOptions},
};

use std::sync::Arc;

use rustls::{
    ServerConfig, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::{CertifiedKey, SingleCertAndKey},
    version::{TLS12, TLS13},
};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::{
    helpers::{PROBE, get, open, open_node, text, value},
    support::{
        certificates::Certificates,
        test_redis::{TestRedis, free_port},
    },
};

fn tls_redis(files: &Certificates, server: &str, clients: &str) -> (TestRedis, u16) {
    let port = free_port();
    let tls = files.redis_options(server, port);
    let options: Vec<_> = tls.iter().map(String::as_str).chain(["--tls-auth-clients", clients]).collect();
    let redis = TestRedis::with_options(&options);
    redis.set("sess:a", "1");
    (redis, port)
}

async fn get_tls(host: &str, port: u16, tls: TlsOptions) -> ReadResult {
    let options = TargetOptions { tls: Some(tls), ..TargetOptions::default() };
    get(&open_node(&NodeOptions::tcp(host, port), &options), "a").await
}

#[tokio::test]
async fn tls_with_an_authority() {
    let Some(files) = Certificates::make() else { return };
    let (redis, port) = tls_redis(&files, "server", "no");
    let ca = || TlsOptions { ca: Some(files.text("ca.pem")), ..TlsOptions::default() };
    assert_eq!(get_tls("localhost", port, ca()).await, value("1"));
    let url = Address::parse(&format!("rediss://localhost:{port}"), Some(ca())).unwrap();
    assert_eq!(get(&ManagedConnection::open(url, Purpose::look_ups(PROBE.to_vec())), "a").await, value("1"));

    let unknown = text(get_tls("localhost", port, TlsOptions::default()).await);
    assert!(unknown.contains("without `ca`"), "{unknown}");
    let name = text(get_tls("127.0.0.1", port, ca()).await);
    assert!(name.contains("certificate") && name.contains("not valid for name"), "{name}");
    let named = TlsOptions { servername: Some("localhost".to_owned()), ..ca() };
    assert_eq!(get_tls("127.0.0.1", port, named).await, value("1"));
    let careless = TlsOptions { reject_unauthorized: false, ..TlsOptions::default() };
    assert_eq!(get_tls("127.0.0.1", port, careless).await, value("1"));
    let plain = text(get(&open(&format!("redis://localhost:{port}")), "a").await);
    assert!(
        plain.contains("not Redis's protocol") || plain.contains("closed") || plain.contains("reset"),
        "{plain}"
    );
    drop(redis);
}

#[tokio::test]
async fn tls_of_a_server_that_signed_itself() {
    let Some(files) = Certificates::make() else { return };
    let (_redis, port) = tls_redis(&files, "alone", "no");
    let trusting = |file: &str| TlsOptions { ca: Some(files.text(file)), ..TlsOptions::default() };
    let refused = text(get_tls("localhost", port, trusting("ca.pem")).await);
    assert!(refused.contains("self-signed and is not the one in `ca`"), "{refused}");
    assert_eq!(get_tls("localhost", port, trusting("alone.pem")).await, value("1"));
    let name = text(get_tls("127.0.0.1", port, trusting("alone.pem")).await);
    assert!(name.contains("not valid for name") && name.contains("set `servername`"), "{name}");
    assert_eq!(
        get_tls("localhost", port, TlsOptions { reject_unauthorized: false, ..TlsOptions::default() }).await,
        value("1")
    );
}

#[tokio::test]
async fn tls_with_a_certificate_of_our_own() {
    let Some(files) = Certificates::make() else { return };
    let (_redis, port) = tls_redis(&files, "server", "yes");
    let nameless = TlsOptions { ca: Some(files.text("ca.pem")), ..TlsOptions::default() };
    let ours = TlsOptions {
        cert: Some(files.text("client.pem")),
        key: Some(files.text("client.key")),
        ..nameless.clone()
    };
    assert_eq!(get_tls("localhost", port, ours.clone()).await, value("1"));
    let refused = text(get_tls("localhost", port, nameless).await);
    assert!(!refused.is_empty());
    let stranger = TlsOptions {
        cert: Some(files.text("alone.pem")),
        key: Some(files.text("alone.key")),
        ..ours.clone()
    };
    let refused = text(get_tls("localhost", port, stranger).await);
    assert!(!refused.is_empty());
    let table = [
        (files.text("client.pem"), files.text("server.key"), "do not go together"),
        (files.text("client.pem"), files.text("p521.key"), "`key` is not supported"),
    ];
    for (cert, key, expected) in table {
        let tls = TlsOptions { cert: Some(cert), key: Some(key.clone()), ..ours.clone() };
        let options = TargetOptions { tls: Some(tls), ..TargetOptions::default() };
        let error = Address::new(&NodeOptions::default(), &options).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(key.lines().all(|line| !error.contains(line)), "{error}");
    }
}

/// Certificates that may not sign others. Many more chains are in the tests of `src/redis/config/tls`.
#[tokio::test]
async fn tls_with_no_authority_in_ca() {
    let Some(files) = Certificates::make() else { return };
    let (_redis, port) = tls_redis(&files, "server", "no");
    let tls = |file: &str| TlsOptions { ca: Some(files.text(file)), ..TlsOptions::default() };
    // OpenSSL's servers send the root too, where they know it.
    for file in ["server.pem", "client.pem", "alone.pem"] {
        let refused = text(get_tls("localhost", port, tls(file)).await);
        assert!(refused.contains("a root certificate that is not in `ca`"), "{file}: {refused}");
    }
    let (_redis, port) = tls_redis(&files, "below", "no");
    let refused = text(get_tls("localhost", port, tls("server.pem")).await);
    assert!(refused.contains("not the root above it"), "{refused}");
    let refused = text(get_tls("localhost", port, tls("ca.pem")).await);
    assert!(refused.contains("was not issued by an authority in `ca`"), "{refused}");
    let both =
        TlsOptions { ca: Some(files.text("ca.pem") + &files.text("server.pem")), ..TlsOptions::default() };
    let refused = text(get_tls("localhost", port, both).await);
    assert!(refused.contains("is not that of an authority"), "{refused}");
}

/// The port of a server that shows this certificate and has this key, whether they belong together or not.
async fn impostor(cert: &str, key: &str, version: &'static SupportedProtocolVersion) -> u16 {
    let provider = Arc::new(ring::default_provider());
    let cert = CertificateDer::from_pem_slice(cert.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let key = provider.key_provider.load_private_key(key).unwrap();
    let shown = SingleCertAndKey::from(CertifiedKey::new(vec![cert], key));
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(shown));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        while let Ok((socket, _)) = listener.accept().await {
            // The connection ends after the handshake.
            let _ = acceptor.accept(socket).await;
        }
    });
    port
}

/// A certificate is no secret: the server has to prove that it has its key.
#[tokio::test]
async fn tls_of_an_impostor() {
    let Some(files) = Certificates::make() else { return };
    for (who, ca) in [("server", "ca"), ("alone", "alone"), ("old", "old")] {
        let (cert, key) = (files.text(&format!("{who}.pem")), files.text(&format!("{who}.key")));
        for version in [&TLS12, &TLS13] {
            let tls = || TlsOptions { ca: Some(files.text(&format!("{ca}.pem"))), ..TlsOptions::default() };
            let port = impostor(&cert, &key, version).await;
            let true_one = text(get_tls("localhost", port, tls()).await);
            assert!(!true_one.contains("TLS"), "{true_one}");
            let port = impostor(&cert, &files.text("client.key"), version).await;
            let refused = text(get_tls("localhost", port, tls()).await);
            assert!(refused.contains("a signature of the server"), "{refused}");
        }
    }
}
