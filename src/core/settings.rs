//! The settings of one authorizer that look-ups need.

use crate::core::signature::Secrets;

/// The current settings of one authorizer. Immutable: a change makes new settings, and look-ups that were submitted
/// before it finish with the old ones.
#[derive(Debug)]
pub struct Settings {
    /// Name of the session cookie.
    pub key: Box<[u8]>,
    /// The secrets of express-session, newest first.
    pub secrets: Secrets,
    /// The text before the session id in a store's key, the client's own key prefix included.
    pub prefix: Box<[u8]>,
    /// Name of Passport's member in the session: `passport`, unless the app chose another.
    pub passport_key: Box<[u8]>,
}
