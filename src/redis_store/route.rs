//! Which server a supervised connection leads to.

use super::{
    address::Address,
    connect::{Connection, Probe, connect},
    fault::Fault,
    sentinel::Sentinels,
};

/// Leads to one server, which may be another one each time.
#[derive(Clone)]
pub enum Route {
    /// Always the same.
    Direct(Address),
    /// The master that the Sentinels name.
    Sentinel(Sentinels),
}

impl From<Address> for Route {
    fn from(address: Address) -> Self {
        Self::Direct(address)
    }
}

impl Route {
    /// One attempt; `key` is looked up to prove the connection.
    pub(super) async fn connect(&self, key: &[u8]) -> Result<(Connection, Position), Fault> {
        match self {
            Self::Direct(address) => Ok((connect(address, Probe::Get(key)).await?, Position::Fixed)),
            Self::Sentinel(sentinels) => {
                let master = sentinels.master().await?;
                let connecting = connect(&sentinels.address_of(&master)?, Probe::GetFromMaster(key)).await;
                let connection = connecting.inspect_err(|_| sentinels.distrust())?;
                Ok((connection, Position::Master(sentinels.clone(), master)))
            }
        }
    }
}

/// Where a connection led.
pub(super) enum Position {
    Fixed,
    /// Of these Sentinels.
    Master(Sentinels, Master),
}

/// A master, as a Sentinel named it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Master {
    pub(super) host: String,
    pub(super) port: u16,
}

impl Position {
    /// Waits until the route leads elsewhere. A failover that somebody orders closes no connection: the old master goes on
    /// to answer, as a replica.
    pub(super) async fn until_moved(&self) -> Fault {
        match self {
            Self::Fixed => std::future::pending().await,
            Self::Master(sentinels, master) => sentinels.until_another(master).await,
        }
    }
}
