//! The master that Sentinels name.

use super::{
    address::Address,
    error::ConfigError,
    fingerprint::{Fields, Fingerprint},
    options::{NodeOptions, SentinelOptions, TargetOptions},
};

/// Sentinel's own.
const DEFAULT_PORT: u32 = 26379;

/// Which Sentinels to ask for which master, and how to log in to both.
#[derive(Clone)]
pub struct SentinelTarget {
    /// The master's name, as in Sentinel's `monitor`.
    pub(in crate::redis) name: String,
    /// The Sentinels that are configured.
    pub(in crate::redis) sentinels: Vec<Address>,
    /// Login, database and TLS of the master. Its host is not known yet.
    pub(in crate::redis) master: Address,
}

impl SentinelTarget {
    pub(super) fn new(options: &TargetOptions, sentinel: &SentinelOptions) -> Result<Self, ConfigError> {
        if sentinel.name.is_empty() {
            return Err(ConfigError::new(
                "`sentinel.name`, the master's name in Sentinel's configuration, is missing",
            ));
        }
        let own = TargetOptions {
            username: sentinel.username.clone(),
            password: sentinel.password.clone(),
            tls: sentinel.tls.clone(),
            ..TargetOptions::default()
        };
        let sentinels = options.nodes.iter().map(|node| Address::with_default_port(node, &own, DEFAULT_PORT));
        let sentinels = sentinels.collect::<Result<Vec<_>, _>>()?;
        if sentinels.iter().any(|sentinel| sentinel.tcp().is_none() || sentinel.db != 0) {
            return Err(ConfigError::new("a Sentinel has a host and a port, no database and no path"));
        }
        let master = Address::new(&NodeOptions::default(), options)?;
        Ok(Self { name: sentinel.name.clone(), sentinels, master })
    }

    /// `redis+sentinel://name@host:port,host:port/db`.
    pub(super) fn identity(&self) -> String {
        let Self { name, sentinels, master } = self;
        let scheme = if master.is_tls() { "rediss" } else { "redis" };
        let sentinels: Vec<_> = sentinels.iter().map(Address::location).collect();
        format!("{scheme}+sentinel://{name}@{}/{}", sentinels.join(","), master.db)
    }

    /// Which master of which Sentinels, and how to reach them all. The order of the Sentinels does not count.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        let Self { name, sentinels, master } = self;
        Fields::of("sentinel")
            .bytes(name.as_bytes())
            .all([master.fingerprint()])
            .all_of(sentinels.iter().map(Address::fingerprint))
            .finish()
    }
}
