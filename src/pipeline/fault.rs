//! Why a look-up has no answer, in the words of an operator.

use std::{error::Error, fmt, io, sync::Arc};

/// Why a look-up has no answer. A clone is cheap. Neither `Display` nor `Debug` shows a secret or a session id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The session source refused, or is out of reach for us. The text is the server's or the system's own: `WRONGPASS
    /// invalid username-password pair or user is disabled.`
    Source(Arc<str>),
    /// The same, where nobody else on this machine would fare better: nothing answers there, or no longer. A server that
    /// refuses is a [`Source`](Self::Source), for it may answer others.
    Unreachable(Arc<str>),
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

    /// Nothing answers: `Connection refused (os error 111)`.
    pub fn unreachable(text: impl Into<Arc<str>>) -> Self {
        Self::Unreachable(text.into())
    }

    /// The same with other words, where the words are the source's.
    #[must_use]
    pub fn reworded(self, words: impl FnOnce(&str) -> String) -> Self {
        match self {
            Self::Source(text) => Self::new(words(&text)),
            Self::Unreachable(text) => Self::unreachable(words(&text)),
            other => other,
        }
    }

    /// Whether nothing answers.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source(text) | Self::Unreachable(text) => text,
            Self::Timeout => "the session store did not answer in time",
            Self::Closed => "the connection to the session store is closed",
        })
    }
}

impl Error for Fault {}

impl From<io::Error> for Fault {
    /// Data that make no sense come from somebody who answers.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData => Self::new(error.to_string()),
            _ => Self::unreachable(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_words_make_no_other_fault() {
        let named = |fault: Fault| fault.reworded(|text| format!("node: {text}"));
        assert_eq!(named(Fault::new("a")), Fault::new("node: a"));
        assert_eq!(named(Fault::unreachable("a")), Fault::unreachable("node: a"));
        assert_eq!(named(Fault::Closed), Fault::Closed);
    }

    #[test]
    fn whoever_sends_nonsense_is_there() {
        assert!(Fault::from(io::Error::from(io::ErrorKind::ConnectionRefused)).is_unreachable());
        assert!(!Fault::from(io::Error::from(io::ErrorKind::InvalidData)).is_unreachable());
    }
}
