//! Notices a server that has stopped answering.

use std::{pin::pin, time::Duration};

use ::redis::{Cmd, cmd};
use futures_util::FutureExt;
use tokio::time::{sleep, timeout};

use super::handle::ConnectionHandle;
use crate::pipeline::Fault;

/// Time between PINGs while look-ups are sent.
const BEAT: Duration = Duration::from_millis(250);
/// Time between PINGs otherwise. An idle app should send little to its Redis, but it should not learn from a user's
/// look-up that the connection died hours ago.
const IDLE_BEAT: Duration = Duration::from_secs(5);
/// The same where the server tells of changes. Nobody asks anything there, and a firewall that has forgotten the connection
/// tells nobody: until that is noticed, no end of a session is.
const TRACKING_BEAT: Duration = Duration::from_secs(1);
/// After this many beats without a look-up the connection is idle: two seconds.
const BEATS_IN_USE: u32 = 8;
/// A PING counts as missed if nothing arrives for this long.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(400);
/// Two misses, not one. After a pause of this process (a debugger, a suspended machine) the first miss proves
/// nothing, because the answer is there but not read yet. A hung server is noticed within [`BEAT`] + 2 ×
/// [`ANSWER_TIMEOUT`], 1.05 s.
const MISSES: u32 = 2;

/// Runs until the server stops answering. `is_tracking`: it tells of changes on this connection.
pub(super) async fn stopped(connection: &ConnectionHandle, is_tracking: bool) -> Fault {
    let idle_beat = if is_tracking { TRACKING_BEAT } else { IDLE_BEAT };
    let ping = cmd("PING");
    let mut unused_beats = 0;
    loop {
        if unused_beats < BEATS_IN_USE {
            sleep(BEAT).await;
            let used = connection.used().now_or_never().is_some();
            unused_beats = if used { 0 } else { unused_beats + 1 };
        } else {
            tokio::select! {
                () = sleep(idle_beat) => {}
                () = connection.used() => {
                    unused_beats = 0;
                    sleep(BEAT).await;
                }
            }
        }
        if let Err(fault) = answered(connection, &ping).await {
            return fault;
        }
    }
}

/// Any answer will do: NOPERM to PING also comes from a server that works.
async fn answered(connection: &ConnectionHandle, ping: &Cmd) -> Result<(), Fault> {
    let mut answer = pin!(connection.ask(ping));
    let mut misses = 0;
    while misses < MISSES {
        let reads = connection.activity().reads();
        if let Ok(result) = timeout(ANSWER_TIMEOUT, &mut answer).await {
            return result.map(|_| ());
        }
        misses = if connection.activity().reads() == reads { misses + 1 } else { 0 };
    }
    let silence = (ANSWER_TIMEOUT * MISSES).as_millis();
    Err(Fault::unreachable(format!("no answer for {silence} ms: the server is hung or cut off")))
}
