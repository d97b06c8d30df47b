//! Where Redis is, as the app says it. JavaScript hands over the same structure, member by member; see
//! `src/node/target.rs`. Nothing is checked here.

use super::credentials::Credentials;

/// Where Redis is. There is no `Debug`: passwords may be in it.
#[derive(Clone, Default)]
pub struct TargetOptions {
    /// One server; with `cluster`, some of its nodes; with `sentinel`, the Sentinels.
    pub nodes: Vec<NodeOptions>,
    /// Whether the nodes belong to a cluster.
    pub cluster: bool,
    /// The nodes are Sentinels, and this is what to ask them.
    pub sentinel: Option<SentinelOptions>,
    /// ACL user of the servers that have the sessions. What a node's URL says must agree with it.
    pub username: Option<String>,
    /// Their password. An empty one counts as none.
    pub password: Option<String>,
    /// Used instead of `username` and `password`.
    pub credentials: Option<Credentials>,
    /// Number of the database, 0 by default. A cluster has only 0.
    pub db: Option<i64>,
    /// TLS to the servers that have the sessions.
    pub tls: Option<TlsOptions>,
    /// What `CLIENT LIST` shows. Not sent by default. A server that refuses it is not an error.
    pub client_name: Option<String>,
}

/// One server: `url`, or `path`, or `host` and `port`. The first that is given counts.
#[derive(Clone, Default)]
pub struct NodeOptions {
    /// `redis://`, `rediss://` or `unix://`; `Address::parse` has the rules.
    pub url: Option<String>,
    /// Name or IP address, IPv6 with or without brackets. Default `127.0.0.1`.
    pub host: Option<String>,
    /// TCP port. Default 6379, of a Sentinel 26379.
    pub port: Option<u32>,
    /// Path of a Unix socket.
    pub path: Option<String>,
}

/// What to ask Sentinels, and how to log in to them.
#[derive(Clone, Default)]
pub struct SentinelOptions {
    /// Name of the master, as in Sentinel's configuration.
    pub name: String,
    /// ACL user of the Sentinels.
    pub username: Option<String>,
    /// Password of the Sentinels.
    pub password: Option<String>,
    /// TLS to the Sentinels.
    pub tls: Option<TlsOptions>,
}

/// Options of a TLS connection, named as Node's `tls.connect` names them. There is no `Debug`: a key may be in it.
#[derive(Clone)]
pub struct TlsOptions {
    /// Authorities to trust, as PEM. Without any, no server is trusted: the addon has no list of its own, for it would
    /// differ from the list of the Node that it runs in.
    pub ca: Option<String>,
    /// The client's certificate and those that lead to its authority, as PEM. Needs `key`.
    pub cert: Option<String>,
    /// The key of `cert`, as PEM without a passphrase.
    pub key: Option<String>,
    /// The name to ask for and to expect in the certificate, where that is not the host.
    pub servername: Option<String>,
    /// `false` trusts every server, and so gives no protection from a man in the middle.
    pub reject_unauthorized: bool,
}

impl NodeOptions {
    /// A server with this URL.
    #[must_use]
    pub fn url(url: &str) -> Self {
        Self { url: Some(url.to_owned()), ..Self::default() }
    }

    /// A server with this name and port.
    #[must_use]
    pub fn tcp(host: &str, port: u16) -> Self {
        Self { host: Some(host.to_owned()), port: Some(port.into()), ..Self::default() }
    }

    /// A server with this Unix socket.
    #[must_use]
    pub fn unix(path: &str) -> Self {
        Self { path: Some(path.to_owned()), ..Self::default() }
    }
}

impl Default for TlsOptions {
    fn default() -> Self {
        Self { ca: None, cert: None, key: None, servername: None, reject_unauthorized: true }
    }
}
