//! The number of a Redis database.

use super::error::ConfigError;

/// The number, if it is one.
pub(super) fn checked(number: i64) -> Result<i64, ConfigError> {
    if number < 0 { Err(wrong()) } else { Ok(number) }
}

/// Reads digits, and nothing but digits.
pub(super) fn parse(text: &str) -> Result<i64, ConfigError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().ok_or_else(wrong)
}

fn wrong() -> ConfigError {
    ConfigError::new("the database must be a number from 0, as in redis://host:6379/2")
}
