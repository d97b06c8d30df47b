//! Why a look-up has no answer, in words for an operator.

use std::{error::Error, fmt, io, sync::Arc};

use redis::{ErrorKind, RedisError, ServerError};

/// Why a look-up has no answer. A clone is cheap. Neither `Display` nor `Debug` shows a secret or a session id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Redis refused or is out of reach. The text is Redis's or the system's own: `WRONGPASS invalid username-password
    /// pair or user is disabled.`, `Connection refused (os error 111)`.
    Store(Arc<str>),
    /// The caller's deadline passed.
    Timeout,
    /// The connection was closed by us.
    Closed,
}

impl Fault {
    /// A fault of the store, in our own words.
    pub fn store(text: impl Into<Arc<str>>) -> Self {
        Self::Store(text.into())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Store(text) => text,
            Self::Timeout => "the session store did not answer in time",
            Self::Closed => "the connection to the session store is closed",
        })
    }
}

impl Error for Fault {}

impl From<&ServerError> for Fault {
    fn from(error: &ServerError) -> Self {
        match error.details().map(without_arguments) {
            Some(detail) => Self::store(format!("{} {detail}", error.code())),
            None => Self::store(error.code()),
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::store(error.to_string())
    }
}

impl From<RedisError> for Fault {
    fn from(error: RedisError) -> Self {
        match error.kind() {
            ErrorKind::Parse => {
                Self::store("the answer is not Redis's protocol: is there a Redis server at this address?")
            }
            // The crate's word for "the reader is gone"; the system's own errors carry a number.
            ErrorKind::Io if error.is_connection_dropped() && !error.to_string().contains("os error") => {
                Self::store("the connection was closed")
            }
            _ => match ServerError::try_from(error) {
                Ok(refusal) => Self::from(&refusal),
                Err(other) => Self::store(other.to_string()),
            },
        }
    }
}

/// Whether this answer of the server condemns the whole connection: nothing that is sent on it can succeed until
/// somebody logs in again or the server's state changes, which a new connection notices by its probe.
pub(super) fn condemns(error: &ServerError) -> bool {
    matches!(error.code(), "NOAUTH" | "LOADING" | "MASTERDOWN")
}

/// `ERR unknown command` quotes the arguments, which may be a password or a session id.
fn without_arguments(detail: &str) -> &str {
    detail.split_once(", with args beginning with").map_or(detail, |(text, _)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(line: &str) -> ServerError {
        let error = redis::parse_redis_value(line.as_bytes()).unwrap().extract_error().unwrap_err();
        ServerError::try_from(error).unwrap()
    }

    fn text(line: &str) -> String {
        Fault::from(&refusal(line)).to_string()
    }

    #[test]
    fn a_refusal_reads_as_redis_wrote_it() {
        let refusals = [
            "WRONGPASS invalid username-password pair or user is disabled.",
            "NOAUTH Authentication required.",
            "LOADING Redis is loading the dataset in memory",
            "ERR DB index is out of range",
            "WRONGTYPE Operation against a key holding the wrong kind of value",
        ];
        for refusal in refusals {
            assert_eq!(text(&format!("-{refusal}\r\n")), refusal);
        }
        assert_eq!(text("-BUSY\r\n"), "BUSY");
    }

    #[test]
    fn arguments_that_redis_quotes_are_cut() {
        let quoting = "-ERR unknown command 'AUTH', with args beginning with: 'hunter2' \r\n";
        assert_eq!(text(quoting), "ERR unknown command 'AUTH'");
    }

    #[test]
    fn system_errors_keep_their_text() {
        let refused = io::Error::from_raw_os_error(111);
        assert_eq!(Fault::from(RedisError::from(io::Error::from_raw_os_error(111))), Fault::from(refused));
        let closed = RedisError::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(Fault::from(closed).to_string(), "the connection was closed");
    }

    #[test]
    fn only_states_of_the_connection_condemn_it() {
        for line in ["-NOAUTH x\r\n", "-LOADING x\r\n", "-MASTERDOWN x\r\n"] {
            assert!(condemns(&refusal(line)), "{line}");
        }
        for line in ["-NOPERM x\r\n", "-WRONGTYPE x\r\n", "-READONLY x\r\n", "-BUSY x\r\n", "-ERR x\r\n"] {
            assert!(!condemns(&refusal(line)), "{line}");
        }
    }
}
