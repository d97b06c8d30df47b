//! What one authorizer looks for, and with which secrets.

use crate::core::signature::Secrets;

/// The live settings of one authorizer. Immutable: a change makes a new one, and look-ups that
/// were submitted before it finish under the old one.
#[derive(Debug)]
pub struct Settings {
    /// Name of the session cookie.
    pub key: Box<[u8]>,
    /// The secrets of express-session, newest first.
    pub secrets: Secrets,
    /// What stands before the session id in a Redis key, the client's own key prefix included.
    pub prefix: Box<[u8]>,
    /// Name of Passport's member in the session, `passport` unless the app made its own.
    pub passport_key: Box<[u8]>,
}
