//! Where the sessions are, as JavaScript says it.

use std::sync::Arc;

use napi_derive::napi;

use crate::redis_store::{Credentials, LoginSource, Node, SentinelParts, Target, TargetParts, Tls};

/// Where Redis is. Every member has to be there; null is unset.
#[napi(object, object_to_js = false, use_nullable = true)]
pub struct RedisTarget {
    /// One server; with `cluster`, some of its nodes; with `sentinel`, the Sentinels.
    pub nodes: Vec<RedisNode>,
    /// Whether the nodes are those of a cluster.
    pub cluster: bool,
    /// The nodes are Sentinels, and this is what to ask them.
    pub sentinel: Option<RedisSentinel>,
    /// ACL user of the servers that have the sessions.
    pub username: Option<String>,
    /// Their password.
    pub password: Option<String>,
    /// Database number; a cluster has 0 only.
    pub db: Option<u32>,
    /// How to speak TLS to them; null: not at all, or as the URL says.
    pub tls: Option<RedisTls>,
    /// What `CLIENT LIST` shows.
    pub client_name: Option<String>,
}

/// One server: `url`, or `path`, or `host` and `port`. Every member has to be there; null is unset.
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

/// What to ask Sentinels, and how to log in to them. Every member has to be there; null is unset.
#[napi(object, object_to_js = false, use_nullable = true)]
pub struct RedisSentinel {
    /// Name of the master in Sentinel's configuration.
    pub name: String,
    /// ACL user of the Sentinels.
    pub username: Option<String>,
    /// Their password.
    pub password: Option<String>,
    /// How to speak TLS to them.
    pub tls: Option<RedisTls>,
}

/// Options of TLS as Node's `tls.connect` names them. Every member has to be there; null is unset.
#[napi(object, object_to_js = false, use_nullable = true)]
pub struct RedisTls {
    /// Authorities to trust, PEM, instead of those that Node trusts.
    pub ca: Option<String>,
    /// Our own certificate, PEM.
    pub cert: Option<String>,
    /// The key of `cert`, PEM.
    pub key: Option<String>,
    /// The name to expect in the certificate, where that is not the host.
    pub servername: Option<String>,
    /// Whether a certificate that is not trusted ends the connection.
    pub reject_unauthorized: bool,
}

impl RedisTarget {
    /// Checks it; `source` gives the credentials of each connection, where they are not fixed.
    pub(super) fn check(self, source: Option<Arc<dyn LoginSource>>) -> Result<Target, String> {
        let nodes = self.nodes.into_iter().map(Node::try_from).collect::<Result<_, _>>()?;
        let parts = TargetParts {
            nodes,
            cluster: self.cluster,
            sentinel: self.sentinel.map(SentinelParts::from),
            username: self.username,
            password: self.password,
            credentials: source.map(Credentials::Asked),
            db: self.db.map(i64::from),
            tls: self.tls.map(Tls::from),
            client_name: self.client_name,
        };
        Target::from_parts(&parts).map_err(|error| error.to_string())
    }
}

impl TryFrom<RedisNode> for Node {
    type Error = String;

    fn try_from(node: RedisNode) -> Result<Self, String> {
        let port = node.port.map(u16::try_from).transpose();
        let port = port.map_err(|_| "the port must be a number from 1 to 65535")?;
        Ok(match (node.url, node.path) {
            (Some(url), _) => Self::Url(url),
            (None, Some(path)) => Self::Unix(path),
            (None, None) => Self::Tcp(node.host.unwrap_or_else(|| "127.0.0.1".to_owned()), port),
        })
    }
}

impl From<RedisSentinel> for SentinelParts {
    fn from(sentinel: RedisSentinel) -> Self {
        let RedisSentinel { name, username, password, tls } = sentinel;
        Self { name, username, password, tls: tls.map(Tls::from) }
    }
}

impl From<RedisTls> for Tls {
    fn from(tls: RedisTls) -> Self {
        let RedisTls { ca, cert, key, servername, reject_unauthorized } = tls;
        Self { ca, cert, key, servername, reject_unauthorized }
    }
}
