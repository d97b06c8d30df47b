//! What the errors of a Redis server mean.

use ::redis::{ErrorKind, RedisError, ServerError};

use crate::pipeline::Fault;

impl From<&ServerError> for Fault {
    fn from(error: &ServerError) -> Self {
        match error.details().map(without_arguments) {
            Some(detail) => Self::new(format!("{} {detail}", error.code())),
            None => Self::new(error.code()),
        }
    }
}

impl From<RedisError> for Fault {
    fn from(error: RedisError) -> Self {
        match error.kind() {
            ErrorKind::Parse => {
                Self::new("the answer is not Redis's protocol: is there a Redis server at this address?")
            }
            // The crate's error for a connection whose reader has ended. The system's own errors carry a number.
            ErrorKind::Io if error.is_connection_dropped() && !error.to_string().contains("os error") => {
                Self::unreachable("the connection was closed")
            }
            _ => match ServerError::try_from(error) {
                Ok(refusal) => Self::from(&refusal),
                Err(other) if other.kind() == ErrorKind::Io => Self::unreachable(other.to_string()),
                Err(other) => Self::new(other.to_string()),
            },
        }
    }
}

/// Whether this answer makes the whole connection useless: every later command fails too, until the client logs
/// in again or the state of the server changes. The probe of a new connection notices both.
pub(super) fn is_fatal(error: &ServerError) -> bool {
    matches!(error.code(), "NOAUTH" | "LOADING" | "MASTERDOWN")
}

/// `ERR unknown command` quotes the arguments, which may be a password or a session id.
fn without_arguments(detail: &str) -> &str {
    detail.split_once(", with args beginning with").map_or(detail, |(text, _)| text)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn refusal(line: &str) -> ServerError {
        let error = ::redis::parse_redis_value(line.as_bytes()).unwrap().extract_error().unwrap_err();
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
    fn only_states_of_the_connection_are_fatal() {
        for line in ["-NOAUTH x\r\n", "-LOADING x\r\n", "-MASTERDOWN x\r\n"] {
            assert!(is_fatal(&refusal(line)), "{line}");
        }
        for line in ["-NOPERM x\r\n", "-WRONGTYPE x\r\n", "-READONLY x\r\n", "-BUSY x\r\n", "-ERR x\r\n"] {
            assert!(!is_fatal(&refusal(line)), "{line}");
        }
    }
}
