//! A host and a port.

use std::fmt;

use super::error::ConfigError;

/// Where a server listens. `Display` writes `127.0.0.1:6379`, with brackets around an IPv6 address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPort {
    /// A name or an IP address, without brackets.
    pub host: String,
    /// 0 where a server is known to have no address.
    pub port: u16,
}

impl HostPort {
    /// Checks both. An IPv6 address may have brackets.
    pub(super) fn checked(host: &str, port: u32) -> Result<Self, ConfigError> {
        let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || matches!(c, '/' | '@' | '[' | ']'))
        {
            return Err(ConfigError::new(
                "the host must be a name or an IP address, as in 127.0.0.1, and not a URL",
            ));
        }
        let port = u16::try_from(port).ok().filter(|port| *port != 0);
        let port = port.ok_or_else(|| ConfigError::new("the port must be a number from 1 to 65535"))?;
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_address_has_brackets() {
        let shown = |host| HostPort::checked(host, 7000).unwrap().to_string();
        let hosts = ["h", "127.0.0.1", "::1", "[::1]"].map(shown);
        assert_eq!(hosts, ["h:7000", "127.0.0.1:7000", "[::1]:7000", "[::1]:7000"]);
    }

    #[test]
    fn a_port_has_sixteen_bits() {
        for port in [0, 65_536, u32::MAX] {
            let error = HostPort::checked("h", port).unwrap_err().to_string();
            assert!(error.starts_with("the port must be"), "{port}: {error}");
        }
        assert!(HostPort::checked("h", 65_535).is_ok());
    }
}
