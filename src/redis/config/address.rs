//! Where one Redis is, and how to log in.

use std::fmt;

use super::{
    credentials::{Credentials, Login},
    database,
    endpoint::Endpoint,
    error::ConfigError,
    fingerprint::Fingerprint,
    host_port::HostPort,
    options::{NodeOptions, TargetOptions, TlsOptions},
    url::{self, UrlParts},
};

/// Redis's own.
const DEFAULT_PORT: u32 = 6379;

/// Where one Redis is and how to log in. Everything that needs no connection is checked. `Debug` shows no password.
#[derive(Clone)]
pub struct Address {
    pub(in crate::redis) endpoint: Endpoint,
    pub(in crate::redis) credentials: Credentials,
    pub(in crate::redis) db: i64,
    pub(in crate::redis) client_name: Option<String>,
}

impl Address {
    /// Reads a URL:
    ///
    /// - `redis://[[user]:password@]host[:port][/db]`, and `rediss://` for TLS
    /// - `unix:///path/to/redis.sock[?db=n&user=u&pass=p]`, also `redis+unix://`
    ///
    /// User, password and path are percent-decoded. `?db=`, `?user=` and `?pass=` are read in every form, `?family=` is
    /// accepted (both families are tried). `valkey` may stand for `redis`.
    ///
    /// # Errors
    /// What is wrong and how it should look, never the password.
    pub fn parse(url: &str, tls: Option<TlsOptions>) -> Result<Self, ConfigError> {
        Self::new(&NodeOptions::url(url), &TargetOptions { tls, ..TargetOptions::default() })
    }

    /// The address of `node`, with what `options` say of all nodes.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn new(node: &NodeOptions, options: &TargetOptions) -> Result<Self, ConfigError> {
        Self::with_default_port(node, options, DEFAULT_PORT)
    }

    pub(super) fn with_default_port(
        node: &NodeOptions,
        options: &TargetOptions,
        default_port: u32,
    ) -> Result<Self, ConfigError> {
        let own = match &node.url {
            Some(url) => url::parse(url, options.tls.clone())?,
            None => UrlParts { node: node.clone(), tls: options.tls.clone(), ..UrlParts::default() },
        };
        let username = agreed("username", own.username, options.username.clone())?;
        let password = agreed("password", own.password, options.password.clone())?;
        let db = agreed("db", own.db, options.db)?.unwrap_or(0);
        let credentials = options.credentials.clone();
        Ok(Self {
            endpoint: Endpoint::new(&own.node, own.tls.as_ref(), default_port)?,
            credentials: credentials.unwrap_or_else(|| Login::new(username, password).into()),
            db: database::checked(db)?,
            client_name: options.client_name.clone().filter(|name| !name.is_empty()),
        })
    }

    /// The same login, database and TLS on another server, as a Sentinel or a node of a cluster names it.
    pub(in crate::redis) fn on(&self, server: &HostPort) -> Result<Self, ConfigError> {
        Ok(Self { endpoint: self.endpoint.on(server)?, ..self.clone() })
    }

    /// `127.0.0.1:6379`, `[::1]:6379`, or the path of the Unix socket.
    pub(in crate::redis) fn location(&self) -> String {
        self.endpoint.location()
    }

    /// Whether it is reached by TLS.
    pub(super) fn is_tls(&self) -> bool {
        matches!(self.endpoint, Endpoint::Tcp { tls: Some(_), .. })
    }

    /// Host and port. A Unix socket has none.
    pub(in crate::redis) fn tcp(&self) -> Option<&HostPort> {
        match &self.endpoint {
            Endpoint::Tcp { at, .. } => Some(at),
            #[cfg(unix)]
            Endpoint::Unix(_) => None,
        }
    }

    /// Where it leads and how, credentials included.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        self.endpoint
            .fields()
            .number(self.db)
            .option(self.client_name.as_deref().map(str::as_bytes))
            .all([self.credentials.fingerprint()])
            .finish()
    }

    /// `redis://127.0.0.1:6379/0`: which Redis this is, without credentials.
    #[must_use]
    pub fn identity(&self) -> String {
        let (location, db) = (self.location(), self.db);
        match &self.endpoint {
            Endpoint::Tcp { tls: None, .. } => format!("redis://{location}/{db}"),
            Endpoint::Tcp { tls: Some(_), .. } => format!("rediss://{location}/{db}"),
            #[cfg(unix)]
            Endpoint::Unix(_) => format!("unix://{location}?db={db}"),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Address").field(&self.identity()).finish()
    }
}

/// What a URL and an option say of the same thing. An empty value counts as none in a URL.
fn agreed<T: PartialEq + Default>(
    option: &str,
    in_url: Option<T>,
    given: Option<T>,
) -> Result<Option<T>, ConfigError> {
    match (in_url.filter(|value| *value != T::default()), given) {
        (Some(one), Some(other)) if one != other => {
            Err(ConfigError::new(format!("the URL and `{option}` contradict each other: give it once")))
        }
        (in_url, given) => Ok(in_url.or(given)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(text: &str) -> String {
        text.to_owned()
    }

    #[test]
    fn identity_and_debug_show_no_credentials() {
        let options = TargetOptions {
            username: Some(own("alice")),
            password: Some(own("hunter2")),
            db: Some(3),
            ..TargetOptions::default()
        };
        let address = Address::new(&NodeOptions::tcp("::1", 6379), &options).unwrap();
        assert_eq!(address.identity(), "redis://[::1]:6379/3");
        assert_eq!(format!("{address:?}"), r#"Address("redis://[::1]:6379/3")"#);
    }

    #[test]
    fn another_server_is_reached_in_the_same_way() {
        let options = TargetOptions {
            password: Some(own("x")),
            tls: Some(TlsOptions::default()),
            ..TargetOptions::default()
        };
        let first = Address::new(&NodeOptions::default(), &options).unwrap();
        let on = |host: &str, port| first.on(&HostPort { host: host.to_owned(), port });
        let address = on("::1", 7000).unwrap();
        assert_eq!(address.identity(), "rediss://[::1]:7000/0");
        assert!(matches!(&address.credentials, Credentials::Fixed(login) if login.password == "x"));
        assert!(on("", 7000).is_err());
        assert!(on("h", 0).is_err());
    }

    #[test]
    fn wrong_parts_are_named() {
        let error = |node: NodeOptions, options: TargetOptions| {
            Address::new(&node, &options).unwrap_err().to_string()
        };
        for host in ["", "redis://localhost", "a b", "user@host", "[::1"] {
            let text = error(NodeOptions::tcp(host, 6379), TargetOptions::default());
            assert!(text.starts_with("the host must be"), "{host}: {text}");
        }
        let text = error(NodeOptions::tcp("h", 0), TargetOptions::default());
        assert!(text.starts_with("the port must be"), "{text}");
        let negative = TargetOptions { db: Some(-1), ..TargetOptions::default() };
        assert!(error(NodeOptions::default(), negative).starts_with("the database must be"));
        assert!(error(NodeOptions::unix(""), TargetOptions::default()).contains("path"));
        let tls = TargetOptions { tls: Some(TlsOptions::default()), ..TargetOptions::default() };
        assert!(error(NodeOptions::unix("/s"), tls).starts_with("TLS over a Unix socket"));
    }
}
