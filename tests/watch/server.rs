//! A plain Redis with one connection: what it stores, what it tells of, and what is on its way to us.

use std::collections::{HashMap, HashSet, VecDeque};

use passport_socketio_native::{
    pipeline::{Fault, Keys},
    watch::{Reading, Stored},
};

/// What comes from the server, in its order.
pub enum Message {
    Changed(Vec<u8>),
    /// After FLUSHALL.
    AllChanged,
    Reply(usize, Vec<Reading>),
}

/// A request for some keys: their values, and then how much time they have left.
struct Request {
    number: usize,
    keys: Vec<Vec<u8>>,
    /// The values, once they were read.
    values: Option<Vec<Stored>>,
}

struct Value {
    text: String,
    expires: Option<u64>,
}

pub struct Server {
    pub is_tracking: bool,
    stored: HashMap<Vec<u8>, Value>,
    /// Read since their last change.
    tracked: HashSet<Vec<u8>>,
    requests: VecDeque<Request>,
    pub wire: VecDeque<Message>,
    pub is_up: bool,
}

impl Server {
    pub fn new(is_tracking: bool) -> Self {
        Self {
            is_tracking,
            stored: HashMap::new(),
            tracked: HashSet::new(),
            requests: VecDeque::new(),
            wire: VecDeque::new(),
            is_up: true,
        }
    }

    pub fn set(&mut self, key: &[u8], text: String, expires: Option<u64>) {
        self.stored.insert(key.to_vec(), Value { text, expires });
        self.tell(key);
    }

    /// As a `touch` does.
    pub fn expire(&mut self, key: &[u8], expires: Option<u64>) {
        if let Some(value) = self.stored.get_mut(key) {
            value.expires = expires;
            self.tell(key);
        }
    }

    pub fn delete(&mut self, key: &[u8]) {
        if self.stored.remove(key).is_some() {
            self.tell(key);
        }
    }

    pub fn flush(&mut self) {
        self.stored.clear();
        self.tracked.clear();
        if self.is_tracking && self.is_up {
            self.wire.push_back(Message::AllChanged);
        }
    }

    /// Deletes the keys whose time is over, of those that it happens to look at.
    pub fn remove_expired(&mut self, now: u64, mut looks_at: impl FnMut() -> bool) {
        let is_over = |value: &Value| value.expires.is_some_and(|at| at <= now);
        let mut over: Vec<_> =
            self.stored.iter().filter(|(_, value)| is_over(value)).map(|(key, _)| key.clone()).collect();
        // The map has another order each time; the choices of a seed have not.
        over.sort();
        over.into_iter().filter(|_| looks_at()).for_each(|key| self.delete(&key));
    }

    /// What a look-up would find.
    pub fn get(&self, key: &[u8], now: u64) -> Option<&str> {
        let value = self.stored.get(key)?;
        value.expires.is_none_or(|at| at > now).then_some(&value.text)
    }

    /// Sends a request, if there is a connection.
    pub fn send(&mut self, number: usize, keys: &Keys) -> bool {
        if self.is_up {
            let keys = keys.range(0..keys.len()).map(<[u8]>::to_vec).collect();
            self.requests.push_back(Request { number, keys, values: None });
        }
        self.is_up
    }

    /// Does the first half, or the second, of the oldest request. Returns whether there was one.
    pub fn serve(&mut self, now: u64) -> bool {
        let Some(mut request) = self.requests.pop_front() else { return false };
        for key in &request.keys {
            if self.get(key, now).is_none() {
                self.delete(key);
            }
            self.tracked.insert(key.clone());
        }
        let keys = request.keys.iter();
        if let Some(values) = request.values {
            let readings = keys.zip(values).map(|(key, value)| self.reading(key, value, now)).collect();
            self.wire.push_back(Message::Reply(request.number, readings));
        } else {
            let stored = |key: &Vec<u8>| match self.get(key, now) {
                Some(text) => Stored::Text(text.as_bytes().to_vec()),
                None => Stored::Gone,
            };
            request.values = Some(keys.map(stored).collect());
            self.requests.push_front(request);
        }
        true
    }

    fn reading(&self, key: &[u8], stored: Stored, now: u64) -> Reading {
        let value = self.stored.get(key);
        let stored = match stored {
            Stored::Text(_) if value.is_none() => Stored::Unknown(Fault::new("changed meanwhile")),
            stored => stored,
        };
        Reading { stored, ttl: value.and_then(|value| value.expires).map(|at| at - now) }
    }

    /// The connection ends, and with it all that was under way. Returns the requests.
    pub fn lose(&mut self) -> Vec<usize> {
        self.is_up = false;
        self.tracked.clear();
        let waiting = self.requests.drain(..).map(|request| request.number);
        let unread = self.wire.drain(..).filter_map(|message| match message {
            Message::Reply(number, _) => Some(number),
            _ => None,
        });
        waiting.chain(unread).collect()
    }

    fn tell(&mut self, key: &[u8]) {
        if self.tracked.remove(key) && self.is_tracking && self.is_up {
            self.wire.push_back(Message::Changed(key.to_vec()));
        }
    }
}
