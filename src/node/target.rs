//! Where Redis is, as JavaScript passes it. Only converts: `redis::TargetOptions` has the same members, and `Target`
//! checks them.

use napi_derive::napi;

use crate::redis::{NodeOptions, SentinelOptions, TargetOptions, TlsOptions};

/// Where Redis is. Every member must be there; null means that it is not set.
#[napi(object, object_to_js = false, use_nullable = true)]
pub struct RedisTarget {
    /// One server; with `cluster`, some of its nodes; with `sentinel`, the Sentinels.
    pub nodes: Vec<RedisNode>,
    /// Whether the nodes belong to a cluster.
    pub cluster: bool,
    /// The nodes are Sentinels, and this is what to ask them.
    pub sentinel: Option<RedisSentinel>,
    /// ACL user of the servers that have the sessions.
    pub username: Option<String>,
    /// Their password.
    pub password: Option<String>,
    /// Database number. A cluster has only 0.
    pub db: Option<i64>,
    /// TLS to the servers that have the sessions. null: none, or as the URL says.
    pub tls: Option<RedisTls>,
    /// What `CLIENT LIST` shows.
    pub client_name: Option<String>,
}

/// One server: `url`, or `path`, or `host` and `port`. Every member must be there; null means that it is not set.
#[napi(object, object_to_js = false, use_nullable = true)]
pub struct RedisNode {
    /// `redis://`, `rediss://` or `unix://`.
    pub url: Option<String>,
    /// Host name or IP address.
    pub host: Option<String>,
    /// TCP port.
    pub port: Option<u32>,
    /// Path of a Unix socket.
    pub path: Option<String>,
}

/// What to ask Sentinels, and how to log in to them. Every member must be there; null means that it is not set.
#[napi(object, object_to_js = false, use_nullable = true)]
pub struct RedisSentinel {
    /// Name of the master in Sentinel's configuration.
    pub name: String,
    /// ACL user of the Sentinels.
    pub username: Option<String>,
    /// Their password.
    pub password: Option<String>,
    /// TLS to the Sentinels.
    pub tls: Option<RedisTls>,
}

/// Options of TLS as Node's `tls.connect` names them. Every member must be there; null means that it is not set.
#[napi(object, object_to_js = false, use_nullable = true)]
pub struct RedisTls {
    /// Authorities to trust, PEM, instead of those of Node.
    pub ca: Option<String>,
    /// The client's certificate, PEM.
    pub cert: Option<String>,
    /// The key of `cert`, PEM.
    pub key: Option<String>,
    /// The name to expect in the certificate, where that is not the host.
    pub servername: Option<String>,
    /// Whether a certificate that is not trusted ends the connection.
    pub reject_unauthorized: bool,
}

impl From<RedisTarget> for TargetOptions {
    fn from(target: RedisTarget) -> Self {
        let RedisTarget { nodes, cluster, sentinel, username, password, db, tls, client_name } = target;
        Self {
            nodes: nodes.into_iter().map(NodeOptions::from).collect(),
            cluster,
            sentinel: sentinel.map(SentinelOptions::from),
            username,
            password,
            credentials: None,
            db,
            tls: tls.map(TlsOptions::from),
            client_name,
        }
    }
}

impl From<RedisNode> for NodeOptions {
    fn from(node: RedisNode) -> Self {
        let RedisNode { url, host, port, path } = node;
        Self { url, host, port, path }
    }
}

impl From<RedisSentinel> for SentinelOptions {
    fn from(sentinel: RedisSentinel) -> Self {
        let RedisSentinel { name, username, password, tls } = sentinel;
        Self { name, username, password, tls: tls.map(TlsOptions::from) }
    }
}

impl From<RedisTls> for TlsOptions {
    fn from(tls: RedisTls) -> Self {
        let RedisTls { ca, cert, key, servername, reject_unauthorized } = tls;
        Self { ca, cert, key, servername, reject_unauthorized }
    }
}
