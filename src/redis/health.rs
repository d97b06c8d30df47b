//! Whether look-ups can be answered: the state of the connections of a source.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::pipeline::Fault;

/// The state of a connection, or of those of a cluster together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The first attempt is under way, or the one after a connection that worked. Look-ups wait for it.
    Connecting,
    /// Look-ups are answered. Of a cluster: every slot has a master, and all of them answer.
    Up,
    /// Look-ups fail at once, or in a cluster some of them. Attempts to connect go on.
    Down,
}

/// Told of each change once, in order, with the last fault. It must neither block nor ask the source about its health.
pub type Listener = Arc<dyn Fn(Condition, Option<&Fault>) + Send + Sync>;

/// A condition, the last fault, and who is told when the condition changes.
pub(super) struct Health {
    now: Mutex<Now>,
    listener: Option<Listener>,
}

struct Now {
    condition: Condition,
    last_fault: Option<Fault>,
}

impl Health {
    /// Connecting. The listener is not told of that.
    pub(super) fn new(listener: Option<Listener>) -> Self {
        Self { now: Mutex::new(Now { condition: Condition::Connecting, last_fault: None }), listener }
    }

    /// The condition is as `observe` says, with the fault that it names. Without one the last fault stays: it is asked for
    /// after the recovery too. `observe` runs under the lock, so that what was observed later is noted later.
    pub(super) fn note(&self, observe: impl FnOnce() -> (Condition, Option<Fault>)) {
        let mut now = self.lock();
        let (condition, fault) = observe();
        if fault.is_some() {
            now.last_fault = fault;
        }
        if condition != now.condition {
            now.condition = condition;
            if let Some(listener) = &self.listener {
                listener(condition, now.last_fault.as_ref());
            }
        }
    }

    pub(super) fn get(&self) -> (Condition, Option<Fault>) {
        let now = self.lock();
        (now.condition, now.last_fault.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        // Each member is valid by itself, whatever panicked.
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_told_once() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&told);
        let listener: Listener = Arc::new(move |condition, fault: Option<&Fault>| {
            list.lock().unwrap().push((condition, fault.map(Fault::to_string)));
        });
        let health = Health::new(Some(listener));
        let faults = ["refused", "still refused"].map(|text| Some(Fault::new(text)));
        health.note(|| (Condition::Connecting, None));
        for fault in &faults {
            health.note(|| (Condition::Down, fault.clone()));
        }
        health.note(|| (Condition::Up, None));
        let expected = [(Condition::Down, "refused"), (Condition::Up, "still refused")];
        assert_eq!(
            *told.lock().unwrap(),
            expected.map(|(condition, text)| (condition, Some(text.to_owned())))
        );
        assert_eq!(health.get(), (Condition::Up, Some(Fault::new("still refused"))));
    }
}
