//! The nodes of a cluster that are configured.

use std::sync::Arc;

use super::{
    address::Address,
    error::ConfigError,
    fingerprint::{Fields, Fingerprint},
    host_port::HostPort,
    options::TargetOptions,
};
use crate::pipeline::Fault;

/// Some nodes of a cluster, all reached in the same way. A clone is cheap.
#[derive(Clone)]
pub struct Seeds {
    addresses: Arc<[Address]>,
}

impl Seeds {
    pub(super) fn new(options: &TargetOptions) -> Result<Self, ConfigError> {
        let addresses = options.nodes.iter().map(|node| Address::new(node, options));
        let addresses = addresses.collect::<Result<Vec<_>, _>>()?;
        let is_same = |(one, other): (&Address, &Address)| {
            one.credentials.fingerprint() == other.credentials.fingerprint() && one.is_tls() == other.is_tls()
        };
        if !addresses.iter().zip(addresses.iter().skip(1)).all(is_same) {
            return Err(ConfigError::new("all nodes of a cluster need the same user, password and TLS"));
        }
        if addresses.iter().any(|address| address.db != 0) {
            return Err(ConfigError::new("a cluster has no other database than 0"));
        }
        if addresses.iter().any(|address| address.tcp().is_none()) {
            return Err(ConfigError::new("the nodes of a cluster have a host and a port, no path"));
        }
        Ok(Self { addresses: addresses.into() })
    }

    /// `redis://host:port,host:port`.
    pub(super) fn identity(&self) -> String {
        let scheme = if self.addresses.iter().any(Address::is_tls) { "rediss" } else { "redis" };
        let locations: Vec<_> = self.addresses.iter().map(Address::location).collect();
        format!("{scheme}://{}", locations.join(","))
    }

    /// Where they are and how they are reached. Their order does not count.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        Fields::of("cluster").all_of(self.addresses.iter().map(Address::fingerprint)).finish()
    }

    pub(in crate::redis) fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    /// How to reach another node of the same cluster.
    pub(in crate::redis) fn address_of(&self, node: &HostPort) -> Result<Address, Fault> {
        let seed = self.addresses.first().ok_or_else(|| Fault::new("the cluster has no node"))?;
        seed.on(node).map_err(|error| Fault::new(format!("the cluster names an unusable node: {error}")))
    }
}
