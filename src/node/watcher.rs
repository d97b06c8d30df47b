//! The sessions that one authorizer watches.

use std::{rc::Rc, time::Duration};

use napi::{
    Env, Status,
    bindgen_prelude::{Uint32Array, Unknown},
};
use napi_derive::napi;

use super::{
    lookup::Lookup,
    raw::watch::{unwatch_function, watch_function},
    watcher_state::WatcherState,
};

/// How sessions are watched.
#[napi(object, object_from_js = false)]
pub struct WatchStatus {
    /// Whether the server tells of changes; undefined until that is known.
    pub is_tracking: Option<bool>,
    /// How many sessions are watched.
    pub sessions: u32,
}

/// Watches sessions in Redis, on a connection that all authorizers with the same target share.
#[napi]
pub struct Watcher {
    state: Rc<WatcherState>,
}

#[napi]
impl Watcher {
    /// A watcher where `lookup` reads. Nothing connects before the first session. `recheckEvery`: milliseconds in which
    /// every session is read again where the server does not tell of changes; where it does, ten times as long.
    /// `keeps`: a slot whose session has ended is watched until it is unwatched, because somebody else is asked first.
    ///
    /// # Errors
    /// `recheckEvery` is no time.
    #[napi(constructor, catch_unwind)]
    pub fn new(lookup: &Lookup, recheck_every: f64, keeps: bool) -> napi::Result<Self> {
        let every = Duration::try_from_secs_f64(recheck_every / 1000.0)
            .map_err(|error| napi::Error::new(Status::InvalidArg, format!("recheckEvery: {error}")))?;
        let (env_state, settings) = (Rc::clone(&lookup.env_state), Rc::clone(&lookup.settings));
        let state = WatcherState::new(lookup.state.target.clone(), (every, keeps), env_state, settings);
        Ok(Self { state: Rc::new(state) })
    }

    /// Its number in the events.
    #[napi(getter, catch_unwind)]
    #[must_use]
    pub fn owner(&self) -> u32 {
        self.state.owner
    }

    /// Makes `watch(slot, turn, id, identity)`. A slot has one watcher at a time; `turn` counts them. `id`: the session
    /// id. `identity`: the JSON text by which the user is recognised, as `src/core/identity.rs` cuts it out.
    ///
    /// # Errors
    /// The engine is out of memory.
    #[napi(
        catch_unwind,
        ts_return_type = "(slot: number, turn: number, id: string, identity: string) => void"
    )]
    pub fn starter(&self, env: &Env) -> napi::Result<Unknown<'static>> {
        watch_function(env.raw(), Rc::clone(&self.state))
    }

    /// Makes `unwatch(slot, turn)`, which does nothing if the slot has another watcher by now.
    ///
    /// # Errors
    /// The engine is out of memory.
    #[napi(catch_unwind, ts_return_type = "(slot: number, turn: number) => void")]
    pub fn stopper(&self, env: &Env) -> napi::Result<Unknown<'static>> {
        unwatch_function(env.raw(), Rc::clone(&self.state))
    }

    /// How sessions are watched.
    #[napi(catch_unwind)]
    #[must_use]
    pub fn status(&self) -> WatchStatus {
        let sessions = u32::try_from(self.state.sessions()).unwrap_or(u32::MAX);
        WatchStatus { is_tracking: self.state.is_tracking(), sessions }
    }

    /// What slots watch: a JSON array with three values for each, the turn, the session id and the identity, or null.
    #[napi(catch_unwind)]
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "napi passes arguments by value")]
    pub fn describe(&self, slots: Uint32Array) -> String {
        let text = self.state.describe(&slots);
        String::from_utf8(text).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// Watches nothing any more. The connection ends if no other authorizer uses it.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.state.close();
    }
}
