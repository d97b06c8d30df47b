//! Why a look-up has no answer, in the words of an operator.

use std::{error::Error, fmt, io, sync::Arc};

/// Why a look-up has no answer. A clone is cheap. Neither `Display` nor `Debug` shows a secret or a session id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The session source refused or is out of reach. The text is the server's or the system's own: `WRONGPASS invalid
    /// username-password pair or user is disabled.`, `Connection refused (os error 111)`.
    Source(Arc<str>),
    /// The caller's deadline passed.
    Timeout,
    /// The authorizer or its connection was closed.
    Closed,
}

impl Fault {
    /// A fault of the session source.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self::Source(text.into())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source(text) => text,
            Self::Timeout => "the session store did not answer in time",
            Self::Closed => "the connection to the session store is closed",
        })
    }
}

impl Error for Fault {}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::new(error.to_string())
    }
}
