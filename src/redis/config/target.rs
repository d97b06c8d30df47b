//! Where the sessions are: one Redis, the master that Sentinels name, or a cluster.

use super::{
    address::Address, error::ConfigError, fingerprint::Fingerprint, options::TargetOptions, seeds::Seeds,
    sentinel_target::SentinelTarget,
};

/// Where the sessions are and how to log in. Everything that needs no connection is checked.
#[derive(Clone)]
pub enum Target {
    /// One server, always the same.
    Direct(Address),
    /// The master that Sentinels name.
    Sentinel(SentinelTarget),
    /// A cluster, known by some of its nodes.
    Cluster(Seeds),
}

impl Target {
    /// Checks the options.
    ///
    /// # Errors
    /// What is wrong and how it should look, never a password.
    pub fn new(options: &TargetOptions) -> Result<Self, ConfigError> {
        match (&*options.nodes, &options.sentinel, options.cluster) {
            ([], ..) => Err(ConfigError::new("there is no node")),
            (_, Some(_), true) => Err(ConfigError::new("a cluster has no Sentinels")),
            (_, Some(sentinel), false) => SentinelTarget::new(options, sentinel).map(Self::Sentinel),
            (_, None, true) => Seeds::new(options).map(Self::Cluster),
            ([node], None, false) => Address::new(node, options).map(Self::Direct),
            (_, None, false) => {
                Err(ConfigError::new("several nodes are a cluster, or Sentinels with a `sentinel.name`"))
            }
        }
    }

    /// Equal for targets that lead to the same Redis in the same way, credentials included.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::Direct(address) => address.fingerprint(),
            Self::Sentinel(target) => target.fingerprint(),
            Self::Cluster(seeds) => seeds.fingerprint(),
        }
    }

    /// Which Redis this is, without credentials: `redis://127.0.0.1:6379/0`, with all configured nodes of a cluster, or
    /// `redis+sentinel://name@127.0.0.1:26379/0`.
    #[must_use]
    pub fn identity(&self) -> String {
        match self {
            Self::Direct(address) => address.identity(),
            Self::Sentinel(target) => target.identity(),
            Self::Cluster(seeds) => seeds.identity(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::options::{NodeOptions, SentinelOptions, TlsOptions},
        *,
    };

    fn own(text: &str) -> String {
        text.to_owned()
    }

    fn sentinel(name: &str) -> SentinelOptions {
        SentinelOptions { name: name.to_owned(), ..SentinelOptions::default() }
    }

    #[test]
    fn each_kind_tells_where_it_is() {
        let options = TargetOptions::default;
        let table = [
            (
                TargetOptions { nodes: vec![NodeOptions::url("redis://u:p@h/2")], ..options() },
                "redis://h:6379/2",
            ),
            (
                TargetOptions { nodes: vec![NodeOptions::unix("/s")], db: Some(1), ..options() },
                "unix:///s?db=1",
            ),
            (
                TargetOptions {
                    nodes: vec![NodeOptions::url("redis://:p@h"), NodeOptions::tcp("::1", 7000)],
                    password: Some(own("p")),
                    cluster: true,
                    ..options()
                },
                "redis://h:6379,[::1]:7000",
            ),
            (
                TargetOptions {
                    nodes: vec![
                        NodeOptions { host: Some(own("a")), ..NodeOptions::default() },
                        NodeOptions::url("redis://b:1"),
                    ],
                    sentinel: Some(sentinel("m")),
                    db: Some(3),
                    tls: Some(TlsOptions::default()),
                    ..options()
                },
                "rediss+sentinel://m@a:26379,b:1/3",
            ),
        ];
        for (options, identity) in table {
            assert_eq!(Target::new(&options).map(|target| target.identity()).ok(), Some(own(identity)));
        }
    }

    #[test]
    fn contradictions_are_named() {
        let options = |nodes: &[&str]| TargetOptions {
            nodes: nodes.iter().copied().map(NodeOptions::url).collect(),
            ..TargetOptions::default()
        };
        let table = [
            (options(&[]), "no node"),
            (options(&["redis://a", "redis://b"]), "several nodes"),
            (
                TargetOptions { cluster: true, sentinel: Some(sentinel("m")), ..options(&["redis://a"]) },
                "no Sentinels",
            ),
            (TargetOptions { sentinel: Some(sentinel("")), ..options(&["redis://a"]) }, "`sentinel.name`"),
            (TargetOptions { sentinel: Some(sentinel("m")), ..options(&["redis://a/1"]) }, "no database"),
            (
                TargetOptions { sentinel: Some(sentinel("m")), ..options(&["unix:///s"]) },
                "a Sentinel has a host",
            ),
            (TargetOptions { cluster: true, ..options(&["redis://a/1"]) }, "no other database"),
            (TargetOptions { cluster: true, db: Some(1), ..options(&["redis://a"]) }, "no other database"),
            (TargetOptions { cluster: true, ..options(&["unix:///s"]) }, "no path"),
            (TargetOptions { cluster: true, ..options(&["redis://:x@a", "redis://b"]) }, "the same user"),
            (TargetOptions { cluster: true, ..options(&["rediss://a", "redis://b"]) }, "TLS"),
            (TargetOptions { username: Some(own("u")), ..options(&["redis://v:hunter2@a"]) }, "`username`"),
            (TargetOptions { password: Some(own("p")), ..options(&["redis://:hunter2@a"]) }, "`password`"),
            (TargetOptions { db: Some(1), ..options(&["redis://a/2"]) }, "`db`"),
        ];
        for (options, expected) in table {
            let text = Target::new(&options).err().unwrap().to_string();
            assert!(text.contains(expected), "{expected}: {text}");
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
}
