//! Servers that a test owns: a real Redis, and one that says what a script tells it to.

pub mod certificates;
pub mod fake_server;
pub mod test_cluster;
pub mod test_redis;
pub mod test_sentinel;
