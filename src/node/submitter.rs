//! A look-up goes from JavaScript into the queue.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use napi::sys;

use super::{env_state::EnvState, lookup_state::LookupState, verifier::kind_from};
use crate::core::{credential, outcome::Outcome, settings::Settings};

/// What `submit` needs. Lives on the JS thread.
pub struct Submitter {
    state: Rc<LookupState>,
    env_state: Rc<EnvState>,
    settings: Rc<RefCell<Arc<Settings>>>,
    /// Whether the last look-up may be in the queue.
    queued: Cell<bool>,
}

impl Submitter {
    pub(super) fn new(
        state: &Rc<LookupState>,
        env_state: &Rc<EnvState>,
        settings: &Rc<RefCell<Arc<Settings>>>,
    ) -> Self {
        Self {
            state: Rc::clone(state),
            env_state: Rc::clone(env_state),
            settings: Rc::clone(settings),
            queued: Cell::new(false),
        }
    }

    /// Whether the last look-up may be in the queue, although `submit` did not return: it panicked.
    pub(super) fn may_have_queued(&self) -> bool {
        self.queued.get()
    }

    /// Queues a look-up. Returns an outcome if it is known at once.
    pub(super) fn submit(&self, env: sys::napi_env, sent: &[u8], kind: u32, ticket: u32) -> Option<Outcome> {
        self.queued.set(false);
        let kind = kind_from(kind);
        let settings = self.settings.borrow();
        let credential = match credential::precheck(kind, sent, &settings) {
            Ok(credential) => credential,
            Err(refusal) => return Some(refusal),
        };
        if let Err(refusal) = self.state.start(&self.env_state, &settings) {
            return Some(refusal);
        }
        self.queued.set(true);
        let Some(was_empty) = self.state.inbox.push(ticket, kind, credential, &settings) else {
            self.queued.set(false);
            return Some(Outcome::Closed);
        };
        self.env_state.expect(env);
        if was_empty {
            self.env_state.filled(&self.state.inbox);
        }
        None
    }
}
