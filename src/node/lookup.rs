//! One authorizer's look-ups in Redis.

use std::{cell::RefCell, rc::Rc, sync::Arc, time::Duration};

use napi::{
    Env, Status,
    bindgen_prelude::{ClassInstance, Unknown},
};
use napi_derive::napi;

use super::{
    credentials::JsCredentials, delivery::Delivery, env_state::EnvState, lookup_state::LookupState,
    raw::submit::submit_function, state_listener::name_of, submitter::Submitter, target::RedisTarget,
    verifier::Verifier,
};
use crate::{
    core::settings::Settings,
    pipeline::{Delivers, Fault},
    redis::{Condition, Target, TargetOptions},
};

/// The state of the connection, or of those to all masters of a cluster.
#[napi(object, object_from_js = false)]
pub struct ConnectionStatus {
    /// Where it leads, without credentials.
    pub address: String,
    /// How often a connection was made again.
    pub reconnects: f64,
    /// Idle until the first look-up.
    #[napi(ts_type = "'idle' | 'connecting' | 'up' | 'down'")]
    pub state: String,
    /// Why a connection failed last, without credentials.
    pub last_error: Option<String>,
    /// It is down, and nothing answers there: others on this machine fare no better.
    pub is_out_of_reach: bool,
}

/// Native session look-ups of one authorizer.
#[napi]
pub struct Lookup {
    pub(super) state: Rc<LookupState>,
    pub(super) env_state: Rc<EnvState>,
    pub(super) settings: Rc<RefCell<Arc<Settings>>>,
}

#[napi]
impl Lookup {
    /// Prepares look-ups. Nothing starts or connects before the first one. It shares the connection of other
    /// authorizers with the same target and the same credentials. `timeout`: milliseconds. `credentials`: null if
    /// they are part of `target`. `delivers_ids`: users come with their session ids.
    /// `describes`: instead of a user key, a look-up delivers an array: the user key, or null, and what the session is made
    /// of: `{ type, members: [[name, type], …], login: { type, members } | null }`.
    ///
    /// # Errors
    /// The target is not valid. The message says what is wrong with it.
    #[napi(constructor, catch_unwind)]
    #[allow(clippy::needless_pass_by_value, reason = "napi passes arguments by value")]
    pub fn new(
        verifier: &Verifier,
        delivery: &Delivery,
        target: RedisTarget,
        timeout: f64,
        credentials: Option<ClassInstance<'_, JsCredentials>>,
        delivers_ids: bool,
        describes: bool,
    ) -> napi::Result<Self> {
        let credentials = credentials.map(|credentials| credentials.provided());
        let options = TargetOptions { credentials, ..target.into() };
        let target =
            Target::new(&options).map_err(|error| napi::Error::new(Status::InvalidArg, error.to_string()))?;
        let timeout = Duration::try_from_secs_f64(timeout / 1000.0)
            .map_err(|error| napi::Error::new(Status::InvalidArg, format!("timeout: {error}")))?;
        let results = match (describes, delivers_ids) {
            (true, _) => Delivers::Descriptions,
            (false, true) => Delivers::UsersWithIds,
            (false, false) => Delivers::Users,
        };
        Ok(Self {
            state: Rc::new(LookupState::new(target, timeout, Arc::clone(&verifier.latency), results)),
            env_state: Rc::clone(&delivery.state),
            settings: Rc::clone(&verifier.settings),
        })
    }

    /// Makes `submit(sent, credential, ticket)`. It returns undefined if a result will be delivered for the ticket,
    /// or the number of the outcome if that is known at once. `credential`: a number of `credentialKinds()`.
    ///
    /// # Errors
    /// The engine is out of memory.
    #[napi(
        catch_unwind,
        ts_return_type = "(sent: string, credential: number, ticket: number) => number | undefined"
    )]
    pub fn submitter(&self, env: &Env) -> napi::Result<Unknown<'static>> {
        submit_function(env.raw(), Submitter::new(&self.state, &self.env_state, &self.settings))
    }

    /// The state of the connection.
    #[napi(catch_unwind)]
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "no connection is made 2^53 times")]
    pub fn status(&self) -> ConnectionStatus {
        let (condition, fault) = self.state.health().map_or((None, None), |(now, fault)| (Some(now), fault));
        let is_unreachable = fault.as_ref().is_some_and(Fault::is_unreachable);
        ConnectionStatus {
            address: self.state.address(),
            reconnects: self.state.reconnects() as f64,
            state: condition.map_or("idle", name_of).to_owned(),
            last_error: fault.as_ref().map(Fault::to_string),
            is_out_of_reach: condition == Some(Condition::Down) && is_unreachable,
        }
    }

    /// Connects without a look-up. Does nothing where look-ups were made, and after `close`.
    #[napi(catch_unwind)]
    pub fn connect(&self) {
        let settings = Arc::clone(&self.settings.borrow());
        // Where the system provides no thread, look-ups say so.
        _ = self.state.start(&self.env_state, &settings);
    }

    /// Look-ups that wait, and all later ones, end with `CLOSED`. The connection ends if no other authorizer uses it.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.state.close();
    }
}
