//! The number of a Redis database.

use super::error::ConfigError;

/// The largest number that `SELECT` takes: Redis reads it as a C `int`.
const LAST: i64 = i32::MAX as i64;

/// The number, if a database can have it.
pub(super) fn checked(number: i64) -> Result<i64, ConfigError> {
    if (0..=LAST).contains(&number) { Ok(number) } else { Err(wrong()) }
}

/// Reads digits, and nothing but digits.
pub(super) fn parse(text: &str) -> Result<i64, ConfigError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().ok_or_else(wrong).and_then(checked)
}

fn wrong() -> ConfigError {
    ConfigError::new("the database must be a number from 0, as in redis://host:6379/2")
}
