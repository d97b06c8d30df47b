//! The state of one authorizer's watch, on the JS thread.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{Arc, Weak},
    time::Duration,
};

use super::{env_state::EnvState, lookup_state::probe_key};
use crate::{
    core::{json, settings::Settings},
    redis::{Purpose, RedisSource, Target},
    watch::{Slot, Start, Watch},
};

/// The sessions that one authorizer watches.
pub struct WatcherState {
    pub(super) target: Target,
    pub(super) every: Duration,
    /// Watchers of sessions that have ended stay until JavaScript unwatches them.
    pub(super) keeps: bool,
    pub(super) env_state: Rc<EnvState>,
    pub(super) settings: Rc<RefCell<Arc<Settings>>>,
    pub(super) owner: u32,
    /// Opened for the first session. The last owner that lets go of it ends its connection.
    watch: RefCell<Option<Arc<Watch>>>,
    is_closed: Cell<bool>,
    /// The settings that were used last, and the perspective that belongs to them.
    perspective: RefCell<(Weak<Settings>, u32)>,
    /// The prefixes of the keys that are, or were, watched: an app may change its store's while sockets are connected.
    prefixes: RefCell<Vec<Box<[u8]>>>,
}

impl WatcherState {
    pub(super) fn new(
        target: Target,
        (every, keeps): (Duration, bool),
        env_state: Rc<EnvState>,
        settings: Rc<RefCell<Arc<Settings>>>,
    ) -> Self {
        let owner = env_state.next_owner();
        Self {
            target,
            every,
            keeps,
            env_state,
            settings,
            owner,
            watch: RefCell::default(),
            is_closed: Cell::new(false),
            perspective: RefCell::default(),
            prefixes: RefCell::default(),
        }
    }

    /// Begins to watch a session, with the settings of this moment.
    pub(super) fn watch(&self, (slot, turn): (Slot, u32), id: &[u8], identity: &[u8]) {
        let settings = Arc::clone(&self.settings.borrow());
        let Some(watch) = self.open(&settings) else { return };
        let perspective = self.perspective(&watch, &settings);
        watch.inbox().watch(&Start { slot, turn, perspective, prefix: &settings.prefix, id, identity });
    }

    /// Ends to watch.
    pub(super) fn unwatch(&self, slot: Slot, turn: u32) {
        if let Some(watch) = &*self.watch.borrow() {
            watch.inbox().unwatch(slot, turn);
        }
    }

    /// Whether the server tells of changes, as far as that is known.
    pub(super) fn is_tracking(&self) -> Option<bool> {
        self.watch.borrow().as_ref().and_then(|watch| watch.is_tracking())
    }

    /// How many sessions are watched.
    pub(super) fn sessions(&self) -> usize {
        self.watch.borrow().as_ref().map_or(0, |watch| watch.sessions_of(self.owner))
    }

    /// A JSON array: turn, session id and identity (as strings) of each slot, or three times null.
    pub(super) fn describe(&self, slots: &[Slot]) -> Vec<u8> {
        let mut text = Vec::new();
        if let Some(watch) = &*self.watch.borrow() {
            watch.describe(slots, |found| {
                text.push(if text.is_empty() { b'[' } else { b',' });
                let found = found.and_then(|(turn, key, identity)| Some((turn, self.id_of(key)?, identity)));
                let Some((turn, id, identity)) = found else {
                    return text.extend_from_slice(b"null,null,null");
                };
                text.extend_from_slice(turn.to_string().as_bytes());
                for part in [id, identity] {
                    text.push(b',');
                    json::push_string(&mut text, part);
                }
            });
        }
        text.extend_from_slice(if text.is_empty() { b"[]" } else { b"]" });
        text
    }

    /// The session id in a key: by today's prefix, or else by one of those before.
    fn id_of<'k>(&self, key: &'k [u8]) -> Option<&'k [u8]> {
        let today = key.strip_prefix(&*self.settings.borrow().prefix);
        today.or_else(|| self.prefixes.borrow().iter().rev().find_map(|prefix| key.strip_prefix(&**prefix)))
    }

    /// Ends to watch all sessions.
    pub(super) fn close(&self) {
        self.is_closed.set(true);
        if let Some(watch) = self.watch.take() {
            watch.inbox().leave(self.owner);
        }
    }

    /// Nothing is opened after `close`, and where the system provides no thread.
    fn open(&self, settings: &Settings) -> Option<Arc<Watch>> {
        if self.is_closed.get() {
            return None;
        }
        if let Some(watch) = &*self.watch.borrow() {
            return Some(Arc::clone(watch));
        }
        let events = Arc::clone(self.env_state.events.get()?);
        let _runtime = self.env_state.io().ok()?.enter();
        let open = |probe_key| {
            let source =
                |tracker| RedisSource::open(self.target.clone(), Purpose::watching(probe_key, tracker));
            Watch::open(source, events, self.every)
        };
        let watch = self.env_state.watches.get_or_open(&self.target, probe_key(&settings.prefix), open);
        watch.at_least(self.every);
        self.watch.replace(Some(Arc::clone(&watch)));
        Some(watch)
    }

    fn perspective(&self, watch: &Watch, settings: &Arc<Settings>) -> u32 {
        let mut known = self.perspective.borrow_mut();
        if known.0.as_ptr() != Arc::as_ptr(settings) {
            let perspective = watch.perspective_of(self.owner, &settings.passport_key, self.keeps);
            *known = (Arc::downgrade(settings), perspective);
            let mut prefixes = self.prefixes.borrow_mut();
            if !prefixes.iter().any(|prefix| **prefix == *settings.prefix) {
                prefixes.push(Box::from(&*settings.prefix));
            }
        }
        known.1
    }
}

impl Drop for WatcherState {
    /// An authorizer that was garbage-collected watches nothing.
    fn drop(&mut self) {
        self.close();
    }
}
