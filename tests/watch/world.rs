//! The registry, the server, and what must be true of the two.

mod checks;

use std::collections::{BTreeMap, HashMap};

use passport_socketio_native::{
    pipeline::Fault,
    watch::{Batch, Reading, Registry, Stored},
};

use self::checks::State;
use crate::{
    random::Random,
    server::{Message, Server},
};

const KEYS: [&[u8]; 8] =
    [b"sess:0", b"sess:1", b"sess:2", b"sess:3", b"sess:4", b"sess:5", b"sess:6", b"sess:7"];
const SLOTS: usize = 24;
/// Under which names users are found in a session.
const NAMES: [&str; 2] = ["passport", "other"];
/// Owners, and where each finds the user.
const PERSPECTIVES: [(u32, &str); 4] = [(1, NAMES[0]), (1, NAMES[1]), (2, NAMES[0]), (3, NAMES[1])];

/// The owner that decides itself whether a watcher leaves.
const KEEPS: u32 = 3;

/// What happens in a world.
pub struct Course {
    pub is_tracking: bool,
    /// The connection is never lost, and every key can be read.
    pub is_reliable: bool,
}

/// A watcher that has not been told of an end, and has not left.
#[derive(Debug)]
struct Watcher {
    turn: u32,
    owner: u32,
    name: &'static str,
    key: &'static [u8],
    identity: String,
    /// The step at which it began.
    since: u32,
    /// It was told of an end or of another user, and has stayed.
    was_told: bool,
}

pub struct World {
    random: Random,
    is_reliable: bool,
    registry: Registry,
    server: Server,
    now: u64,
    step: u32,
    /// By slot.
    watchers: BTreeMap<u32, Watcher>,
    /// By the number of the request.
    batches: HashMap<usize, Batch>,
    sent: usize,
    /// Replies that have come and are not settled yet. That happens in any order.
    arrived: Vec<(usize, Vec<Reading>)>,
    /// The last step at which a session was in a state, for those who find users under this name.
    last: HashMap<(&'static [u8], &'static str, State), u32>,
    ended: usize,
}

impl World {
    /// The seed is in the message of a failure.
    pub fn run(seed: u64, steps: u32, course: &Course) {
        let world = Self {
            random: Random::new(seed),
            is_reliable: course.is_reliable,
            registry: Registry::default(),
            server: Server::new(course.is_tracking),
            now: 1,
            step: 0,
            watchers: BTreeMap::new(),
            batches: HashMap::new(),
            sent: 0,
            arrived: Vec::new(),
            last: HashMap::new(),
            ended: 0,
        };
        let living = std::panic::AssertUnwindSafe(|| world.live(steps));
        if let Err(cause) = std::panic::catch_unwind(living) {
            eprintln!("the seed is {seed}");
            std::panic::resume_unwind(cause);
        }
    }

    fn live(mut self, steps: u32) {
        for step in 1..=steps {
            self.step = step;
            self.take_a_step();
            self.remember();
            if step % 50 == 0 {
                self.check_counts();
            }
        }
        self.let_the_dust_settle();
        self.check_that_the_living_are_left();
        self.check_counts();
        assert!(self.ended > 0, "a course without an end tests little");
        let slots: Vec<_> = self.watchers.keys().copied().collect();
        for slot in slots {
            self.leave(slot);
        }
        assert!(self.registry.is_empty());
        while self.registry.has_unread() {
            assert!(self.registry.take_unread(3, self.now).keys.is_empty(), "nobody watches");
        }
    }

    fn take_a_step(&mut self) {
        match self.random.below(100) {
            0..14 => self.watch(),
            14..20 => {
                let slot = self.random.number(SLOTS);
                self.leave(slot);
            }
            20 => {
                // Of a watcher that was there before.
                let slot = self.random.number(SLOTS);
                let turn = self.watchers.get(&slot).map_or(7, |watcher| watcher.turn - 1);
                self.registry.unwatch(slot, turn);
            }
            21..38 => self.change_a_session(),
            38..42 => {
                self.now += u64::from(self.random.number(60));
                self.registry.mark_due(self.now);
            }
            42..44 => {
                let random = &mut self.random;
                self.server.remove_expired(self.now, || random.is(50));
            }
            44..60 => drop(self.server.serve(self.now)),
            60..75 => drop(self.deliver()),
            75..86 => drop(self.settle()),
            86..96 => drop(self.send()),
            96 => self.registry.retry(),
            97 => self.registry.sweep(1 + self.random.below(4)),
            98 if self.random.is(20) => {
                let owner = 1 + self.random.number(3);
                self.registry.remove_owner(owner);
                self.watchers.retain(|_, watcher| watcher.owner != owner);
            }
            99 if !self.is_reliable && self.server.is_up => self.lose(),
            _ if !self.server.is_up => self.connect(),
            _ => {}
        }
    }

    fn watch(&mut self) {
        let (slot, key) = (self.random.number(SLOTS), self.random.one_of(&KEYS));
        let (owner, name) = self.random.one_of(&PERSPECTIVES);
        // As a look-up found it, or as it was a while ago.
        let found = self.user(key, name).filter(|_| self.random.is(90));
        let identity = found.unwrap_or_else(|| self.random.below(4).to_string());
        let perspective = self.registry.perspective_of(owner, name.as_bytes(), owner == KEEPS);
        self.registry.watch(slot, self.step, perspective, key, identity.as_bytes());
        let watcher =
            Watcher { turn: self.step, owner, name, key, identity, since: self.step, was_told: false };
        self.watchers.insert(slot, watcher);
    }

    fn leave(&mut self, slot: u32) {
        if let Some(watcher) = self.watchers.remove(&slot) {
            self.registry.unwatch(slot, watcher.turn);
        }
    }

    fn change_a_session(&mut self) {
        let key = self.random.one_of(&KEYS);
        let expires = self.random.is(50).then(|| self.now + 1 + u64::from(self.random.number(400)));
        match self.random.below(20) {
            0..4 => self.server.delete(key),
            4..10 => self.server.expire(key, expires),
            10 => self.server.set(key, r#"{"passport":{"user":1},"other"#.to_owned(), expires),
            11 if self.random.is(20) => self.server.flush(),
            _ => {
                let mut user = || match self.random.below(5) {
                    0 => String::new(),
                    user => format!(r#""user":{}"#, user % 4),
                };
                let text = format!(r#"{{"passport":{{{}}},"other":{{{}}}}}"#, user(), user());
                self.server.set(key, text, expires);
            }
        }
    }

    /// The next message reaches us.
    fn deliver(&mut self) -> bool {
        match self.server.wire.pop_front() {
            None => return false,
            Some(Message::Changed(key)) => self.registry.changed(&key),
            Some(Message::AllChanged) => self.registry.changed_where(|_| true),
            Some(Message::Reply(number, mut readings)) => {
                if !self.is_reliable && self.random.is(10) {
                    let index = self.random.below(readings.len());
                    readings[index].stored = Stored::Unknown(Fault::new("no"));
                }
                if !self.is_reliable && self.random.is(3) {
                    readings.clear();
                }
                self.arrived.push((number, readings));
            }
        }
        true
    }

    fn settle(&mut self) -> bool {
        if self.arrived.is_empty() {
            return false;
        }
        let (number, readings) = self.arrived.swap_remove(self.random.below(self.arrived.len()));
        let batch = self.batches.remove(&number).unwrap();
        let events = self.registry.settle(&batch, readings, self.now);
        for event in events {
            self.hear(event);
        }
        true
    }

    fn send(&mut self) -> bool {
        let batch = self.registry.take_unread(1 + self.random.below(5), self.now);
        if batch.keys.is_empty() {
            return false;
        }
        self.sent += 1;
        if !self.server.send(self.sent, &batch.keys) {
            self.arrived.push((self.sent, Vec::new()));
        }
        self.batches.insert(self.sent, batch);
        true
    }

    fn lose(&mut self) {
        let unanswered = self.server.lose();
        self.arrived.extend(unanswered.into_iter().map(|number| (number, Vec::new())));
    }

    fn connect(&mut self) {
        self.server.is_up = true;
        self.registry.changed_where(|_| true);
    }

    fn let_the_dust_settle(&mut self) {
        self.is_reliable = true;
        if !self.server.is_up {
            self.connect();
        }
        for round in 0.. {
            assert!(round < 10_000, "it does not come to rest");
            self.step += 1;
            self.remember();
            let moved = [self.server.serve(self.now), self.deliver(), self.settle(), self.send()];
            if moved.contains(&true) {
                continue;
            }
            if self.registry.has_failed() {
                self.registry.retry();
            } else if let Some(at) = self.registry.next_deadline() {
                self.now = self.now.max(at);
                self.registry.mark_due(self.now);
            } else if !self.server.is_tracking && round < 5_000 {
                // Whatever was not told.
                self.registry.sweep(KEYS.len());
                self.server.is_tracking = true;
            } else {
                return;
            }
        }
    }

    /// The user that is stored now.
    fn user(&self, key: &[u8], name: &str) -> Option<String> {
        let text = self.server.get(key, self.now)?;
        let (_, rest) = text.split_once(name)?;
        // Without a user, and where the text is broken off.
        let (user, _) =
            rest.strip_prefix(r#"":{"user":"#)?.split_once('}').filter(|_| text.ends_with("}}"))?;
        Some(user.to_owned())
    }
}
