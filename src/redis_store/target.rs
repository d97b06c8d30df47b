//! Where the sessions are: one Redis, the master that Sentinel names, or a cluster.

use super::{
    address::{Address, AddressError, DEFAULT_PORT, Parts},
    cluster::Seeds,
    fingerprint::Fingerprint,
    login::Credentials,
    route::Route,
    sentinel::{self, Sentinels},
    tls::Tls,
    url,
};

/// Where the sessions are and how to log in. What can be checked without a connection has been.
#[derive(Clone)]
pub enum Target {
    /// One server at a time.
    Single(Route),
    /// Any of these nodes tells of all others.
    Cluster(Seeds),
}

/// What a target is made of. There is no `Debug`: passwords may be among it.
#[derive(Clone, Default)]
pub struct TargetParts {
    /// One server; with `cluster`, some of its nodes; with `sentinel`, the Sentinels.
    pub nodes: Vec<Node>,
    /// Whether the nodes are those of a cluster.
    pub cluster: bool,
    /// The nodes are Sentinels.
    pub sentinel: Option<SentinelParts>,
    /// User of Redis's ACL. What a node's URL says has to agree with this and the following ones.
    pub username: Option<String>,
    /// An empty one counts as none.
    pub password: Option<String>,
    /// Asked for user and password before each connection, which are not given then.
    pub credentials: Option<Credentials>,
    /// Number of the database; a cluster has 0 only.
    pub db: Option<i64>,
    /// TLS to the servers that have the sessions.
    pub tls: Option<Tls>,
    /// What `CLIENT LIST` shows.
    pub client_name: Option<String>,
}

/// One server: as a URL, or by its parts.
#[derive(Clone)]
pub enum Node {
    /// As [`Address::parse`] reads it.
    Url(String),
    /// Name or address, and port, which has a default.
    Tcp(String, Option<u16>),
    /// Path of a Unix socket.
    Unix(String),
}

/// What the Sentinels are asked, and how to log in to them.
#[derive(Clone)]
pub struct SentinelParts {
    /// Name of the master, as in Sentinel's configuration.
    pub name: String,
    /// User of the Sentinels' ACL.
    pub username: Option<String>,
    /// Password of the Sentinels.
    pub password: Option<String>,
    /// TLS to the Sentinels.
    pub tls: Option<Tls>,
}

impl Target {
    /// Checks the parts.
    ///
    /// # Errors
    /// What is wrong and how it should look, never a password.
    pub fn from_parts(parts: &TargetParts) -> Result<Self, AddressError> {
        match (&*parts.nodes, &parts.sentinel, parts.cluster) {
            ([], ..) => Err(AddressError::new("there is no node")),
            (_, Some(_), true) => Err(AddressError::new("a cluster has no Sentinels")),
            (_, Some(sentinel), false) => sentinels(parts, sentinel).map(Route::Sentinel).map(Self::Single),
            (_, None, true) => seeds(parts).map(Seeds::new).map(Self::Cluster),
            ([node], None, false) => address(node, parts).map(Route::Direct).map(Self::Single),
            (_, None, false) => {
                Err(AddressError::new("several nodes are a cluster, or Sentinels with a `sentinel.name`"))
            }
        }
    }

    /// Equal for targets that lead to the same Redis in the same way, credentials included.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::Single(Route::Direct(address)) => address.fingerprint(),
            Self::Single(Route::Sentinel(sentinels)) => sentinels.fingerprint(),
            Self::Cluster(seeds) => seeds.fingerprint(),
        }
    }

    /// Which Redis this is, without credentials: `redis://127.0.0.1:6379/0`, with all nodes of a cluster that are known
    /// beforehand, or `redis+sentinel://name@127.0.0.1:26379/0`.
    #[must_use]
    pub fn identity(&self) -> String {
        match self {
            Self::Single(Route::Direct(address)) => address.identity(),
            Self::Single(Route::Sentinel(sentinels)) => sentinels.identity(),
            Self::Cluster(seeds) => seeds.identity(),
        }
    }
}

/// The Sentinels, and how to log in to the master they name, which has no address yet.
fn sentinels(parts: &TargetParts, sentinel: &SentinelParts) -> Result<Sentinels, AddressError> {
    if sentinel.name.is_empty() {
        return Err(AddressError::new(
            "`sentinel.name`, the master's name in Sentinel's configuration, is missing",
        ));
    }
    let own = TargetParts {
        username: sentinel.username.clone(),
        password: sentinel.password.clone(),
        tls: sentinel.tls.clone(),
        ..TargetParts::default()
    };
    let addresses = parts.nodes.iter().map(|node| {
        let parts = merged(node, &own, sentinel::DEFAULT_PORT)?;
        if parts.path.is_some() || parts.db != 0 {
            return Err(AddressError::new("a Sentinel has a host and a port, no database and no path"));
        }
        Address::from_parts(parts)
    });
    let master = Parts {
        username: parts.username.clone(),
        password: parts.password.clone(),
        db: parts.db.unwrap_or(0),
        tls: parts.tls.clone(),
        client_name: parts.client_name.clone(),
        ..Parts::default()
    };
    Ok(Sentinels::new(sentinel.name.clone(), addresses.collect::<Result<_, _>>()?, open(master, parts)?))
}

fn seeds(parts: &TargetParts) -> Result<Vec<Address>, AddressError> {
    let nodes: Vec<_> =
        parts.nodes.iter().map(|node| merged(node, parts, DEFAULT_PORT)).collect::<Result<_, _>>()?;
    let differ = |(one, other): (&Parts, &Parts)| {
        (&one.username, &one.password, one.tls.is_some())
            != (&other.username, &other.password, other.tls.is_some())
    };
    if nodes.iter().zip(nodes.iter().skip(1)).any(differ) {
        return Err(AddressError::new("all nodes of a cluster need the same user, password and TLS"));
    }
    let seeds = nodes.into_iter().map(|node| {
        if node.db != 0 {
            return Err(AddressError::new("a cluster has no other database than 0"));
        }
        if node.path.is_some() {
            return Err(AddressError::new("the nodes of a cluster have a host and a port, no path"));
        }
        open(node, parts)
    });
    seeds.collect()
}

fn address(node: &Node, parts: &TargetParts) -> Result<Address, AddressError> {
    open(merged(node, parts, DEFAULT_PORT)?, parts)
}

fn open(node: Parts, all: &TargetParts) -> Result<Address, AddressError> {
    let address = Address::from_parts(node)?;
    Ok(match &all.credentials {
        Some(credentials) => address.with_credentials(credentials.clone()),
        None => address,
    })
}

/// What a node says of itself, together with what is said of all.
fn merged(node: &Node, all: &TargetParts, default_port: u16) -> Result<Parts, AddressError> {
    let own = match node {
        Node::Url(url) => url::parse(url, all.tls.clone(), default_port)?,
        Node::Tcp(host, port) => Parts {
            host: host.clone(),
            port: port.unwrap_or(default_port),
            tls: all.tls.clone(),
            ..Parts::default()
        },
        Node::Unix(path) => Parts { path: Some(path.clone()), tls: all.tls.clone(), ..Parts::default() },
    };
    let db = (own.db != 0).then_some(own.db);
    Ok(Parts {
        username: agreed("username", own.username, all.username.clone())?,
        password: agreed("password", own.password, all.password.clone())?,
        db: agreed("db", db, all.db)?.unwrap_or(0),
        client_name: all.client_name.clone(),
        ..own
    })
}

fn agreed<T: PartialEq + Default>(
    option: &str,
    of_url: Option<T>,
    of_all: Option<T>,
) -> Result<Option<T>, AddressError> {
    let given = |value: &T| *value != T::default();
    match (of_url.filter(given), of_all) {
        (Some(one), Some(other)) if one != other => {
            Err(AddressError::new(format!("the URL and `{option}` contradict each other: give it once")))
        }
        (of_url, of_all) => Ok(of_url.or(of_all)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Node {
        Node::Url(text.to_owned())
    }

    fn own(text: &str) -> String {
        text.to_owned()
    }

    fn sentinel(name: &str) -> SentinelParts {
        SentinelParts { name: name.to_owned(), username: None, password: None, tls: None }
    }

    #[test]
    fn each_kind_tells_where_it_is() {
        let parts = TargetParts::default;
        let table = [
            (TargetParts { nodes: vec![url("redis://u:p@h/2")], ..parts() }, "redis://h:6379/2"),
            (
                TargetParts { nodes: vec![Node::Unix("/s".to_owned())], db: Some(1), ..parts() },
                "unix:///s?db=1",
            ),
            (
                TargetParts {
                    nodes: vec![url("redis://:p@h"), Node::Tcp("::1".to_owned(), Some(7000))],
                    password: Some(own("p")),
                    cluster: true,
                    ..parts()
                },
                "redis://h:6379,[::1]:7000",
            ),
            (
                TargetParts {
                    nodes: vec![Node::Tcp("a".to_owned(), None), url("redis://b:1")],
                    sentinel: Some(sentinel("m")),
                    db: Some(3),
                    tls: Some(Tls::default()),
                    ..parts()
                },
                "rediss+sentinel://m@a:26379,b:1/3",
            ),
        ];
        for (parts, identity) in table {
            assert_eq!(Target::from_parts(&parts).map(|target| target.identity()).ok(), Some(own(identity)));
        }
    }

    #[test]
    fn contradictions_are_named() {
        let parts = |nodes: &[&str]| TargetParts {
            nodes: nodes.iter().copied().map(url).collect(),
            ..TargetParts::default()
        };
        let table = [
            (parts(&[]), "no node"),
            (parts(&["redis://a", "redis://b"]), "several nodes"),
            (
                TargetParts { cluster: true, sentinel: Some(sentinel("m")), ..parts(&["redis://a"]) },
                "no Sentinels",
            ),
            (TargetParts { sentinel: Some(sentinel("")), ..parts(&["redis://a"]) }, "`sentinel.name`"),
            (TargetParts { sentinel: Some(sentinel("m")), ..parts(&["redis://a/1"]) }, "no database"),
            (TargetParts { sentinel: Some(sentinel("m")), ..parts(&["unix:///s"]) }, "a Sentinel has a host"),
            (TargetParts { cluster: true, ..parts(&["redis://a/1"]) }, "no other database"),
            (TargetParts { cluster: true, db: Some(1), ..parts(&["redis://a"]) }, "no other database"),
            (TargetParts { cluster: true, ..parts(&["unix:///s"]) }, "no path"),
            (TargetParts { cluster: true, ..parts(&["redis://:x@a", "redis://b"]) }, "the same user"),
            (TargetParts { cluster: true, ..parts(&["rediss://a", "redis://b"]) }, "TLS"),
            (TargetParts { username: Some(own("u")), ..parts(&["redis://v:hunter2@a"]) }, "`username`"),
            (TargetParts { password: Some(own("p")), ..parts(&["redis://:hunter2@a"]) }, "`password`"),
            (TargetParts { db: Some(1), ..parts(&["redis://a/2"]) }, "`db`"),
        ];
        for (parts, expected) in table {
            let text = Target::from_parts(&parts).err().unwrap().to_string();
            assert!(text.contains(expected), "{expected}: {text}");
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
}
