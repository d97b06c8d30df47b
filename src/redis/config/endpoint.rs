//! What a socket is opened to.

use super::{
    error::ConfigError,
    fingerprint::Fields,
    host_port::HostPort,
    options::{NodeOptions, TlsOptions},
    tls::client::ClientTls,
};

#[derive(Clone)]
pub(in crate::redis) enum Endpoint {
    Tcp {
        at: HostPort,
        tls: Option<ClientTls>,
    },
    #[cfg(unix)]
    Unix(std::path::PathBuf),
}

impl Endpoint {
    /// The endpoint of a node that has no URL.
    pub(super) fn new(
        node: &NodeOptions,
        tls: Option<&TlsOptions>,
        default_port: u32,
    ) -> Result<Self, ConfigError> {
        match &node.path {
            Some(_) if tls.is_some() => Err(ConfigError::new("TLS over a Unix socket is not supported")),
            Some(path) => unix(path),
            None => {
                let host = node.host.as_deref().unwrap_or("127.0.0.1");
                let at = HostPort::checked(host, node.port.unwrap_or(default_port))?;
                let tls = tls.map(|tls| ClientTls::new(tls, &at.host)).transpose()?;
                Ok(Self::Tcp { at, tls })
            }
        }
    }

    /// The same TLS on another server, as a Sentinel or a node of a cluster names it.
    pub(super) fn on(&self, server: &HostPort) -> Result<Self, ConfigError> {
        let at = HostPort::checked(&server.host, server.port.into())?;
        let tls = match self {
            Self::Tcp { tls, .. } => tls.as_ref().map(|tls| tls.for_host(&at.host)).transpose()?,
            #[cfg(unix)]
            Self::Unix(_) => None,
        };
        Ok(Self::Tcp { at, tls })
    }

    /// `127.0.0.1:6379`, `[::1]:6379`, or the path of the Unix socket.
    pub(super) fn location(&self) -> String {
        match self {
            Self::Tcp { at, .. } => at.to_string(),
            #[cfg(unix)]
            Self::Unix(path) => path.display().to_string(),
        }
    }

    pub(super) fn fields(&self) -> Fields {
        match self {
            Self::Tcp { at, tls } => Fields::of("tcp")
                .host(&at.host)
                .number(at.port.into())
                .all(tls.as_ref().map(|tls| tls.fingerprint)),
            #[cfg(unix)]
            Self::Unix(path) => Fields::of("unix").bytes(path.as_os_str().as_encoded_bytes()),
        }
    }
}

#[cfg(unix)]
fn unix(path: &str) -> Result<Endpoint, ConfigError> {
    if path.is_empty() || path.contains('\0') {
        return Err(ConfigError::new(
            "the path of the Unix socket is missing, as in unix:///run/redis/redis.sock",
        ));
    }
    Ok(Endpoint::Unix(path.into()))
}

#[cfg(not(unix))]
fn unix(_: &str) -> Result<Endpoint, ConfigError> {
    Err(ConfigError::new("Unix sockets are not available on this platform"))
}
