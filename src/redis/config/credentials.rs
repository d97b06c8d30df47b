//! User and password of a connection.

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use tokio::time::timeout;

use super::fingerprint::{Fields, Fingerprint};
use crate::pipeline::Fault;

/// User and password. There is no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// User of Redis's ACL. `None` is Redis's `default` user.
    pub username: Option<String>,
    /// May be empty: a user with `nopass` logs in with any password.
    pub password: String,
}

impl Login {
    /// `None` if neither is given. An empty string counts as none.
    #[must_use]
    pub fn new(username: Option<String>, password: Option<String>) -> Option<Self> {
        let password = password.filter(|password| !password.is_empty());
        let username = username.filter(|username| !username.is_empty());
        (password.is_some() || username.is_some())
            .then(|| Self { username, password: password.unwrap_or_default() })
    }
}

/// Gives the credentials of each new connection: for tokens that expire and passwords that rotate.
pub trait CredentialsProvider: Send + Sync {
    /// Asks once. `None` means to connect without a login.
    fn ask(&self) -> BoxFuture<'static, Result<Option<Login>, Fault>>;
}

/// How a connection gets its credentials.
#[derive(Clone, Default)]
pub enum Credentials {
    /// The connection does not log in.
    #[default]
    None,
    /// Always the same.
    Fixed(Login),
    /// Asked for before each connection.
    Provided(Arc<dyn CredentialsProvider>),
}

/// A token may come from a service on the network. So this is longer than the time for a connection.
const PROVIDER_TIMEOUT: Duration = Duration::from_secs(10);

impl Credentials {
    /// A provider equals only itself. It is compared by its address in memory, which no other provider has while it
    /// is in use.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::None => Fields::of("no login"),
            Self::Fixed(Login { username, password }) => {
                Fields::of("login").option(username.as_deref().map(str::as_bytes)).bytes(password.as_bytes())
            }
            Self::Provided(provider) => {
                Fields::of("provider").bytes(&Arc::as_ptr(provider).addr().to_ne_bytes())
            }
        }
        .finish()
    }

    pub(in crate::redis) async fn login(&self) -> Result<Option<Login>, Fault> {
        match self {
            Self::None => Ok(None),
            Self::Fixed(login) => Ok(Some(login.clone())),
            Self::Provided(provider) => match timeout(PROVIDER_TIMEOUT, provider.ask()).await {
                Ok(answer) => answer,
                Err(_) => Err(Fault::new(format!(
                    "the credentials provider gave no answer within {} s",
                    PROVIDER_TIMEOUT.as_secs()
                ))),
            },
        }
    }
}

impl From<Option<Login>> for Credentials {
    fn from(login: Option<Login>) -> Self {
        login.map_or(Self::None, Self::Fixed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_credentials_are_none() {
        assert!(Login::new(None, None).is_none());
        assert!(Login::new(Some(String::new()), Some(String::new())).is_none());
        assert!(Login::new(Some("bob".to_owned()), None).is_some_and(|login| login.password.is_empty()));
        assert!(
            Login::new(Some(String::new()), Some("x".to_owned()))
                .is_some_and(|login| login.username.is_none())
        );
    }
}
