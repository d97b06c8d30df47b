//! Which server a supervised connection leads to.

use std::future::pending;

use super::{
    connect::{Connection, connect_for},
    purpose::Purpose,
};
use crate::{pipeline::Fault, redis::config::address::Address};

/// Leads to one server, which may be another one each time.
pub trait Route: Send + Sync + 'static {
    /// What is remembered of the server that a connection led to.
    type Server: Send + Sync;

    /// Makes one attempt to connect.
    fn connect(
        &self,
        purpose: &Purpose,
    ) -> impl Future<Output = Result<(Connection, Self::Server), Fault>> + Send;

    /// Waits until the route leads to another server than `server`. A planned failover closes no connection: the old
    /// master goes on to answer, as a replica.
    fn until_moved(&self, server: &Self::Server) -> impl Future<Output = Fault> + Send;
}

/// Always the same server.
impl Route for Address {
    type Server = ();

    async fn connect(&self, purpose: &Purpose) -> Result<(Connection, ()), Fault> {
        Ok((connect_for(purpose, self, false).await?, ()))
    }

    async fn until_moved(&self, (): &()) -> Fault {
        pending().await
    }
}
