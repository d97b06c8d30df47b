//! Where one Redis is, and how to log in.

use std::{error::Error, fmt};

use super::{
    fingerprint::{self, Fingerprint},
    login::{Credentials, Login},
    tls::{ClientTls, Tls},
    url,
};

/// Where one Redis is and how to log in. What can be checked without a connection has been. `Debug` shows no password.
#[derive(Clone)]
pub struct Address {
    pub(super) endpoint: Endpoint,
    pub(super) credentials: Credentials,
    pub(super) db: i64,
    pub(super) client_name: Option<String>,
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
    pub fn parse(url: &str, tls: Option<Tls>) -> Result<Self, AddressError> {
        url::parse(url, tls, DEFAULT_PORT).and_then(Self::from_parts)
    }

    /// Checks the parts of an address.
    ///
    /// # Errors
    /// What is wrong and how it should look, never the password.
    pub fn from_parts(parts: Parts) -> Result<Self, AddressError> {
        if parts.db < 0 {
            return Err(AddressError::new("the database must be a number from 0, as in redis://host:6379/2"));
        }
        let endpoint = match parts.path {
            Some(_) if parts.tls.is_some() => {
                return Err(AddressError::new("TLS over a Unix socket is not supported"));
            }
            Some(path) => unix(path)?,
            None => tcp(&parts.host, parts.port, parts.tls)?,
        };
        Ok(Self {
            endpoint,
            credentials: Login::new(parts.username, parts.password).into(),
            db: parts.db,
            client_name: parts.client_name.filter(|name| !name.is_empty()),
        })
    }

    /// The same with other credentials.
    #[must_use]
    pub fn with_credentials(self, credentials: Credentials) -> Self {
        Self { credentials, ..self }
    }

    /// The same login, database and TLS on another server, as a Sentinel or a node of a cluster names it.
    pub(super) fn at(&self, host: &str, port: u16) -> Result<Self, AddressError> {
        let endpoint = match &self.endpoint {
            Endpoint::Tcp { tls, .. } => {
                let tls = tls.as_ref().map(|tls| tls.for_host(host)).transpose()?;
                Endpoint::Tcp { host: bare_host(host)?.to_owned(), port: checked_port(port)?, tls }
            }
            #[cfg(unix)]
            Endpoint::Unix(_) => tcp(host, port, None)?,
        };
        Ok(Self { endpoint, ..self.clone() })
    }

    /// `127.0.0.1:6379`, `[::1]:6379`, or the path of the Unix socket.
    pub(super) fn location(&self) -> String {
        match &self.endpoint {
            Endpoint::Tcp { host, port, .. } => locate(host, *port),
            #[cfg(unix)]
            Endpoint::Unix(path) => path.display().to_string(),
        }
    }

    /// Whether it is reached by TLS.
    pub(super) fn is_tls(&self) -> bool {
        matches!(self.endpoint, Endpoint::Tcp { tls: Some(_), .. })
    }

    /// Host and port; a Unix socket has none.
    pub(super) fn tcp(&self) -> Option<(&str, u16)> {
        match &self.endpoint {
            Endpoint::Tcp { host, port, .. } => Some((host, *port)),
            #[cfg(unix)]
            Endpoint::Unix(_) => None,
        }
    }

    /// Where it leads and how, credentials included.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        let at = match &self.endpoint {
            Endpoint::Tcp { host, port, tls } => fingerprint::Fields::of("tcp")
                .host(host)
                .number(i64::from(*port))
                .all(tls.as_ref().map(|tls| tls.fingerprint)),
            #[cfg(unix)]
            Endpoint::Unix(path) => {
                fingerprint::Fields::of("unix").bytes(path.as_os_str().as_encoded_bytes())
            }
        };
        at.number(self.db)
            .option(self.client_name.as_deref().map(str::as_bytes))
            .all([self.credentials.fingerprint()])
            .finish()
    }

    /// `redis://127.0.0.1:6379/0`: which Redis this is, without credentials.
    #[must_use]
    pub fn identity(&self) -> String {
        let db = self.db;
        match &self.endpoint {
            Endpoint::Tcp { tls, .. } => {
                let scheme = if tls.is_some() { "rediss" } else { "redis" };
                format!("{scheme}://{}/{db}", self.location())
            }
            #[cfg(unix)]
            Endpoint::Unix(path) => format!("unix://{}?db={db}", path.display()),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Address").field(&self.identity()).finish()
    }
}

/// Redis's.
pub(super) const DEFAULT_PORT: u16 = 6379;

/// The parts of an address. There is no `Debug`: a password may be among them.
#[derive(Clone)]
pub struct Parts {
    /// Name or IP address, IPv6 with or without brackets. Default `127.0.0.1`.
    pub host: String,
    /// Default 6379.
    pub port: u16,
    /// Path of a Unix socket, which then stands for host and port.
    pub path: Option<String>,
    /// User of Redis's ACL. Default: Redis's `default` user.
    pub username: Option<String>,
    /// An empty one counts as none.
    pub password: Option<String>,
    /// Number of the database. Default 0.
    pub db: i64,
    /// TLS, and with what.
    pub tls: Option<Tls>,
    /// What `CLIENT LIST` shows. Not sent by default, and a server that refuses it is not an error.
    pub client_name: Option<String>,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: DEFAULT_PORT,
            path: None,
            username: None,
            password: None,
            db: 0,
            tls: None,
            client_name: None,
        }
    }
}

/// What is wrong with an address, and how it should look. Never holds the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressError(String);

impl AddressError {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for AddressError {}

#[derive(Clone)]
pub(super) enum Endpoint {
    /// `host` has no brackets.
    Tcp { host: String, port: u16, tls: Option<ClientTls> },
    #[cfg(unix)]
    Unix(std::path::PathBuf),
}

/// `host:port`, an IPv6 address in brackets.
pub(super) fn locate(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

fn tcp(host: &str, port: u16, tls: Option<Tls>) -> Result<Endpoint, AddressError> {
    let (host, port) = (bare_host(host)?, checked_port(port)?);
    let tls = tls.map(|tls| ClientTls::new(&tls, host)).transpose()?;
    Ok(Endpoint::Tcp { host: host.to_owned(), port, tls })
}

/// Without the brackets of an IPv6 address.
fn bare_host(host: &str) -> Result<&str, AddressError> {
    let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || matches!(c, '/' | '@' | '[' | ']')) {
        return Err(AddressError::new(
            "the host must be a name or an IP address, as in 127.0.0.1, and not a URL",
        ));
    }
    Ok(host)
}

fn checked_port(port: u16) -> Result<u16, AddressError> {
    if port == 0 {
        return Err(AddressError::new("the port must be a number from 1 to 65535"));
    }
    Ok(port)
}

#[cfg(unix)]
fn unix(path: String) -> Result<Endpoint, AddressError> {
    if path.is_empty() || path.contains('\0') {
        return Err(AddressError::new(
            "the path of the Unix socket is missing, as in unix:///run/redis/redis.sock",
        ));
    }
    Ok(Endpoint::Unix(path.into()))
}

#[cfg(not(unix))]
fn unix(_: String) -> Result<Endpoint, AddressError> {
    Err(AddressError::new("Unix sockets are not available on this platform"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_and_debug_show_no_credentials() {
        let parts = Parts {
            host: "::1".to_owned(),
            username: Some("alice".to_owned()),
            password: Some("hunter2".to_owned()),
            db: 3,
            ..Parts::default()
        };
        let address = Address::from_parts(parts).unwrap();
        assert_eq!(address.identity(), "redis://[::1]:6379/3");
        assert_eq!(format!("{address:?}"), r#"Address("redis://[::1]:6379/3")"#);
    }

    #[test]
    fn another_server_is_reached_in_the_same_way() {
        let parts = Parts { password: Some("x".to_owned()), tls: Some(Tls::default()), ..Parts::default() };
        let address = Address::from_parts(parts).unwrap().at("::1", 7000).unwrap();
        assert_eq!(address.identity(), "rediss://[::1]:7000/0");
        assert!(matches!(&address.credentials, Credentials::Fixed(login) if login.password == "x"));
        assert!(address.at("", 7000).is_err());
        assert!(address.at("h", 0).is_err());
    }

    #[test]
    fn wrong_parts_are_named() {
        let error = |parts| Address::from_parts(parts).unwrap_err().to_string();
        for host in ["", "redis://localhost", "a b", "user@host", "[::1"] {
            let text = error(Parts { host: host.to_owned(), ..Parts::default() });
            assert!(text.starts_with("the host must be"), "{host}: {text}");
        }
        assert!(error(Parts { port: 0, ..Parts::default() }).starts_with("the port must be"));
        assert!(error(Parts { db: -1, ..Parts::default() }).starts_with("the database must be"));
        assert!(error(Parts { path: Some(String::new()), ..Parts::default() }).contains("path"));
        let both = Parts { path: Some("/s".to_owned()), tls: Some(Tls::default()), ..Parts::default() };
        assert!(error(both).starts_with("TLS over a Unix socket"));
    }
}
