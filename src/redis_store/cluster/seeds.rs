//! The nodes of a cluster that are known beforehand.

use std::sync::Arc;

use super::nodes::NodeId;
use crate::redis_store::{
    address::{Address, AddressError},
    fault::Fault,
    fingerprint::{Fields, Fingerprint},
};

/// Some nodes of a cluster, all reached in the same way. A clone is cheap.
#[derive(Clone)]
pub struct Seeds {
    addresses: Arc<[Address]>,
}

impl Seeds {
    /// At least one, with the same login and TLS.
    pub(in crate::redis_store) fn new(addresses: Vec<Address>) -> Self {
        Self { addresses: addresses.into() }
    }

    /// `redis://host:port,host:port`.
    pub(in crate::redis_store) fn identity(&self) -> String {
        let scheme = if self.addresses.iter().any(Address::is_tls) { "rediss" } else { "redis" };
        let locations: Vec<_> = self.addresses.iter().map(Address::location).collect();
        format!("{scheme}://{}", locations.join(","))
    }

    /// Where they are and how they are reached, in whatever order.
    pub(in crate::redis_store) fn fingerprint(&self) -> Fingerprint {
        Fields::of("cluster").all_of(self.addresses.iter().map(Address::fingerprint)).finish()
    }

    pub(super) fn addresses(&self) -> &[Address] {
        &self.addresses
    }

    /// How to reach another node of the same cluster.
    pub(super) fn address_of(&self, node: &NodeId) -> Result<Address, Fault> {
        let unusable =
            |error: AddressError| Fault::store(format!("the cluster names a node that is none: {error}"));
        let seed = self.addresses.first().ok_or_else(|| Fault::store("the cluster has no node"))?;
        seed.at(&node.host, node.port).map_err(unusable)
    }
}
