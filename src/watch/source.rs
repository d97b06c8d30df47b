//! Where watched sessions are read, and who tells of changes.

use crate::pipeline::{Fault, Keys};

/// What is stored under a key, and for how long.
#[derive(Debug)]
pub struct Reading {
    /// What is there.
    pub stored: Stored,
    /// Milliseconds that are left. `None` if the session does not end by itself, or if the source does not say.
    pub ttl: Option<u64>,
}

impl Reading {
    /// Whether the source could be asked.
    pub(super) fn says_something(&self) -> bool {
        !matches!(self.stored, Stored::Unknown(_))
    }
}

/// What is stored under a key.
pub enum Stored {
    /// Nothing.
    Gone,
    /// The text of a session.
    Text(Vec<u8>),
    /// Something that is no text, and so no session.
    Unreadable,
    /// The source could not be asked. This says nothing about the session.
    Unknown(Fault),
}

/// Sessions are personal data.
impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Gone => f.write_str("Gone"),
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Unreadable => f.write_str("Unreadable"),
            Self::Unknown(fault) => f.debug_tuple("Unknown").field(fault).finish(),
        }
    }
}

/// Reads watched sessions.
pub trait WatchedSource: Send + Sync + 'static {
    /// Reads `keys`, a reading for each. From the moment when a key is read until it has changed once, the source tells
    /// its [`Tracker`] of a change, if it [is tracking](Self::is_tracking).
    ///
    /// The source has no deadline. Its caller drops the future instead, which must be safe at any moment.
    fn read(&self, keys: &Keys) -> impl Future<Output = Vec<Reading>> + Send;

    /// Whether the source tells of changes. Otherwise sessions have to be read again and again. `None`: not known yet.
    fn is_tracking(&self) -> Option<bool>;
}

/// Is told of changes, in the order in which the source has them: before the reply to any later read.
pub trait Tracker: Send + Sync + 'static {
    /// A key has changed.
    fn changed(&self, key: &[u8]);

    /// Every key may have changed, and none is tracked any more.
    fn all_changed(&self);

    /// The same for the keys of which `is_meant` is true.
    fn changed_where(&self, is_meant: &dyn Fn(&[u8]) -> bool);
}
