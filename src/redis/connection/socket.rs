//! Opens the socket: TCP, TLS over TCP, or a Unix socket.
//!
//! The addon does this itself because `redis::Client` does not offer four things: the moment when an idle connection
//! ends, the error that ended it, a TLS server name other than the host, and a TLS configuration that is built once
//! and not for every connection.

use std::{io, net::SocketAddr, time::Duration};

use futures_util::{TryFutureExt, future::select_ok};
use socket2::{SockRef, TcpKeepalive};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::{Instant, timeout_at},
};
use tokio_rustls::TlsConnector;

use crate::{
    pipeline::Fault,
    redis::config::{endpoint::Endpoint, host_port::HostPort, tls::refusal::handshake_fault},
};

/// TCP, TLS and the first answer take three round trips. This leaves half a second for each.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_millis(1500);

/// Any stream of bytes.
pub(super) trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Socket for S {}

/// The addresses of `endpoint`; of a Unix socket none.
pub(super) async fn resolve(endpoint: &Endpoint, deadline: Instant) -> Result<Vec<SocketAddr>, Fault> {
    match endpoint {
        Endpoint::Tcp { at, .. } => within(deadline, "no TCP connection", addresses_of(at)).await,
        #[cfg(unix)]
        Endpoint::Unix(_) => Ok(Vec::new()),
    }
}

/// Opens the socket of `endpoint`, which has these addresses, and does the TLS handshake if there is one.
pub(super) async fn open(
    endpoint: &Endpoint,
    addresses: &[SocketAddr],
    deadline: Instant,
) -> Result<Box<dyn Socket>, Fault> {
    match endpoint {
        Endpoint::Tcp { tls, .. } => {
            let tcp = within(deadline, "no TCP connection", connect_tcp(addresses)).await?;
            let Some(tls) = tls else {
                return Ok(Box::new(tcp));
            };
            let handshake = TlsConnector::from(tls.config.clone())
                .connect(tls.server_name.clone(), tcp)
                .map_err(handshake_fault);
            Ok(Box::new(within(deadline, "no TLS handshake (is this a TLS port?)", handshake).await?))
        }
        #[cfg(unix)]
        Endpoint::Unix(path) => {
            let connecting = tokio::net::UnixStream::connect(path);
            Ok(Box::new(within(deadline, "no connection to the Unix socket", connecting).await?))
        }
    }
}

/// The result of `step`, or the fault "`without` within 1500 ms".
pub(super) async fn within<T, E: Into<Fault>>(
    deadline: Instant,
    without: &str,
    step: impl Future<Output = Result<T, E>>,
) -> Result<T, Fault> {
    match timeout_at(deadline, step).await {
        Ok(result) => result.map_err(Into::into),
        Err(_) => Err(Fault::unreachable(format!("{without} within {} ms", CONNECT_TIMEOUT.as_millis()))),
    }
}

async fn addresses_of(at: &HostPort) -> io::Result<Vec<SocketAddr>> {
    let addresses: Vec<_> = lookup_host((&*at.host, at.port)).await?.collect();
    if addresses.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "the host name has no address"));
    }
    Ok(addresses)
}

/// Connects to all addresses of the name at once. The first that answers wins, so that a silent address does not use
/// up the time.
async fn connect_tcp(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let (tcp, _) = select_ok(addresses.iter().map(|address| Box::pin(TcpStream::connect(*address)))).await?;
    // A request is one small write that waits for its answer: Nagle's algorithm could only delay it.
    tcp.set_nodelay(true)?;
    let socket = SockRef::from(&tcp);
    // For firewalls on the way: they forget connections without traffic.
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(Duration::from_secs(30)))?;
    // An abandoned socket must not keep unsent bytes for the system's default of a quarter of an hour.
    #[cfg(any(target_os = "android", target_os = "linux"))]
    socket.set_tcp_user_timeout(Some(Duration::from_secs(5)))?;
    Ok(tcp)
}
