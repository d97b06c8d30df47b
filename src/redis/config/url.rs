//! The URL of a Redis, taken apart.
//!
//! The rules are those of WHATWG's URL, which Node's clients use too, with the parameters that the `redis` crate,
//! ioredis and redis-py read.

use url::{Host, Url};

use super::{
    database,
    error::ConfigError,
    options::{NodeOptions, TlsOptions},
};
use crate::core::percent;

const SHAPE: &str =
    "redis://[[user]:password@]host[:port][/db], rediss:// for TLS, or unix:///path/to/redis.sock";
const ENCODE: &str = "special characters in a user name or password must be percent-encoded";

/// What a URL says.
#[derive(Default)]
pub(super) struct UrlParts {
    pub(super) node: NodeOptions,
    pub(super) username: Option<String>,
    pub(super) password: Option<String>,
    pub(super) db: Option<i64>,
    pub(super) tls: Option<TlsOptions>,
}

/// Takes `url` apart. `tls` is for a `rediss:` URL. Without it such a URL trusts no server.
pub(super) fn parse(url: &str, tls: Option<TlsOptions>) -> Result<UrlParts, ConfigError> {
    let url = Url::parse(url)
        .map_err(|error| ConfigError::new(format!("not a Redis URL: {error}; {ENCODE}; expected {SHAPE}")))?;
    if url.fragment().is_some() {
        return Err(ConfigError::new("a Redis URL has no #; in a password write it as %23"));
    }
    let mut parts = match url.scheme() {
        "redis" | "valkey" if tls.is_some() => {
            return Err(ConfigError::new("there are options for TLS, but the URL has no TLS: write rediss:"));
        }
        "redis" | "valkey" => tcp_parts(&url, None)?,
        "rediss" | "valkeys" => tcp_parts(&url, Some(tls.unwrap_or_default()))?,
        "unix" | "redis+unix" | "valkey+unix" => {
            UrlParts { node: NodeOptions::unix(&unix_path(&url)?), tls, ..UrlParts::default() }
        }
        _ => return Err(ConfigError::new(format!("not the URL of a Redis: expected {SHAPE}"))),
    };
    apply_query(&url, &mut parts)?;
    Ok(parts)
}

fn tcp_parts(url: &Url, tls: Option<TlsOptions>) -> Result<UrlParts, ConfigError> {
    if url.cannot_be_a_base() {
        return Err(ConfigError::new(format!("the // is missing: expected {SHAPE}")));
    }
    let host = match url.host() {
        Some(Host::Domain(name)) if !name.is_empty() => Some(name.to_owned()),
        Some(Host::Ipv4(ip)) => Some(ip.to_string()),
        Some(Host::Ipv6(ip)) => Some(ip.to_string()),
        Some(Host::Domain(_)) | None => None,
    };
    let db = url.path().trim_matches('/');
    Ok(UrlParts {
        node: NodeOptions { host, port: url.port().map(u32::from), ..NodeOptions::default() },
        username: Some(decode(url.username(), "user name")?),
        password: url.password().map(|password| decode(password, "password")).transpose()?,
        db: if db.is_empty() { None } else { Some(database::parse(db)?) },
        tls,
    })
}

fn unix_path(url: &Url) -> Result<String, ConfigError> {
    let has_host = url.host().is_some_and(|host| !matches!(host, Host::Domain("")));
    if url.cannot_be_a_base() || has_host {
        return Err(ConfigError::new(
            "a Unix socket has a path and no host: write unix:///path/to/redis.sock",
        ));
    }
    decode(url.path(), "path")
}

/// Refuses unknown parameters: with a misspelt `db` the addon would read another database and find no session.
fn apply_query(url: &Url, parts: &mut UrlParts) -> Result<(), ConfigError> {
    for (name, value) in url.query_pairs() {
        match &*name {
            "db" => {
                let db = database::parse(&value)?;
                if parts.db.is_some_and(|other| other != 0 && other != db) {
                    return Err(ConfigError::new(
                        "the URL names two different databases, in its path and in ?db=",
                    ));
                }
                parts.db = Some(db);
            }
            "user" | "username" => parts.username = Some(value.into_owned()),
            "pass" | "password" => parts.password = Some(value.into_owned()),
            // A parameter of ioredis that some hosting services tell their users to add. Every address of the name is
            // tried anyway.
            "family" => {}
            _ => {
                // Without the name: after a ? that was not encoded it is the rest of a password.
                return Err(ConfigError::new(format!(
                    "unknown parameter in the URL: there are db, user, pass and family; {ENCODE} (? is %3F)"
                )));
            }
        }
    }
    Ok(())
}

fn decode(text: &str, what: &str) -> Result<String, ConfigError> {
    let decoded =
        percent::decode(text.as_bytes()).and_then(|bytes| String::from_utf8(bytes.into_owned()).ok());
    decoded.ok_or_else(|| {
        ConfigError::new(format!("the {what} in the URL is not valid percent-encoding: write % as %25"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::config::{Address, Credentials};

    fn identity(url: &str) -> String {
        Address::parse(url, None).unwrap().identity()
    }

    #[test]
    fn addresses() {
        let table = [
            ("redis://", "redis://127.0.0.1:6379/0"),
            ("redis://localhost", "redis://localhost:6379/0"),
            ("redis://localhost:7000/", "redis://localhost:7000/0"),
            ("redis://10.0.0.1/2", "redis://10.0.0.1:6379/2"),
            ("redis:///3", "redis://127.0.0.1:6379/3"),
            ("redis://h?db=4", "redis://h:6379/4"),
            ("redis://h/4?db=4&family=0", "redis://h:6379/4"),
            ("redis://[::1]:6380/1", "redis://[::1]:6380/1"),
            ("valkey://h", "redis://h:6379/0"),
            ("rediss://example.org:1", "rediss://example.org:1/0"),
            ("rediss://[::1]", "rediss://[::1]:6379/0"),
            ("unix:///run/redis.sock", "unix:///run/redis.sock?db=0"),
            ("unix:///tmp/a%20b.sock?db=2&user=u&pass=p", "unix:///tmp/a b.sock?db=2"),
            ("redis+unix:///run/redis.sock", "unix:///run/redis.sock?db=0"),
        ];
        for (url, expected) in table {
            assert_eq!(identity(url), expected, "{url}");
        }
    }

    #[test]
    fn credentials() {
        let table = [
            ("redis://h", None),
            ("redis://:@h", None),
            ("redis://:p%40ss%2Fw%3A@h", Some((None, "p@ss/w:"))),
            ("redis://al%20ice:p%C3%A4ss@h", Some((Some("al ice"), "päss"))),
            ("redis://alice@h", Some((Some("alice"), ""))),
            ("redis://h?password=x%26y", Some((None, "x&y"))),
            ("unix:///s?user=u&pass=p%2Bq", Some((Some("u"), "p+q"))),
        ];
        for (url, expected) in table {
            let credentials = Address::parse(url, None).unwrap().credentials;
            let login = match &credentials {
                Credentials::Fixed(login) => Some((login.username.as_deref(), &*login.password)),
                _ => None,
            };
            assert_eq!(login, expected, "{url}");
        }
    }

    #[test]
    fn wrong_urls_are_explained_without_their_secrets() {
        let table = [
            ("", "not a Redis URL"),
            ("localhost:6379", "expected redis://"),
            ("/tmp/redis.sock", "not a Redis URL"),
            ("http://:hunter2@localhost", "expected redis://"),
            ("http://", "not a Redis URL"),
            ("http://u:hunter2@localhost", "expected redis://"),
            ("redis:localhost", "the // is missing"),
            ("redis://:hunter2@:6379", "empty host"),
            ("redis://:6379", "empty host"),
            ("redis://:hunter2@h:0", "the port must be"),
            ("redis://:hunter2@h:65536", "invalid port"),
            ("redis://:hunter2/x@h", "percent-encoded"),
            ("redis://:hunter2%@h", "the password in the URL"),
            ("redis://:hunter2@h/one", "the database must be"),
            ("redis://:hunter2@h/-1", "the database must be"),
            ("redis://:hunter2@h/2147483648", "the database must be"),
            ("redis://:hunter2@h/1/2", "the database must be"),
            ("redis://:hunter2@h/1?db=2", "two different databases"),
            ("redis://:hunter2@h?db=", "the database must be"),
            ("redis://:hunter2@h?database=2", "unknown parameter in the URL"),
            ("rediss://:hunter2@h#insecure", "has no #"),
            ("unix://host/path", "a path and no host"),
            ("unix:relative", "a path and no host"),
            ("unix://", "path of the Unix socket is missing"),
        ];
        for (url, expected) in table {
            let text = Address::parse(url, None).unwrap_err().to_string();
            assert!(text.contains(expected), "{url}: {text}");
            assert!(!text.contains("hunter2"), "{url}: {text}");
        }
    }

    #[test]
    fn options_for_tls_need_a_url_with_tls() {
        assert!(
            Address::parse("redis://h", Some(TlsOptions::default()))
                .unwrap_err()
                .to_string()
                .contains("rediss:")
        );
        assert!(
            Address::parse("unix:///s", Some(TlsOptions::default()))
                .unwrap_err()
                .to_string()
                .contains("Unix socket")
        );
        assert!(Address::parse("rediss://h", Some(TlsOptions::default())).is_ok());
    }
}
