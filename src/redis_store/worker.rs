//! The pipeline of one authorizer on the I/O thread, top to bottom: take what waits, prove
//! signatures, ask Redis once for each session, read the sessions, hand out verdicts.

use std::{sync::Arc, time::Duration};

use tokio::{
    select,
    time::{Instant, sleep_until},
};

use crate::{
    core::{histogram::Histogram, outbox::Outbox, queue::Queue},
    redis_store::{batch::Batch, inbox::Inbox, store::Store},
};

/// Deadlines closer together than this end in one go, so that a batch of thousands that Redis leaves
/// unanswered is not searched thousands of times.
const DEADLINE_GRAIN: Duration = Duration::from_millis(5);

/// Everything a worker needs.
#[derive(Clone)]
pub struct Worker {
    /// Where look-ups come from.
    pub inbox: Arc<Inbox>,
    /// Who is asked; other workers may ask the same one.
    pub store: Arc<Store>,
    /// Where verdicts go.
    pub outbox: Arc<Outbox>,
    /// Where the time each look-up took is counted.
    pub latency: Arc<Histogram>,
    /// How long a look-up may take, from its submission on.
    pub timeout: Duration,
}

impl Worker {
    /// Works until the inbox is closed and empty; its share in the store ends with it. Should a batch panic, its look-ups
    /// are refused and the work goes on: one bad session must not stop all later ones.
    pub async fn run(self) {
        while tokio::spawn(self.clone().work()).await.is_err_and(|error| error.is_panic()) {}
    }

    async fn work(self) {
        let mut queue = Queue::default();
        while self.inbox.next(&mut queue).await {
            let batch = Batch::new(&queue, &self.outbox, &self.latency);
            if !batch.is_settled() {
                self.look_up(&batch).await;
            }
            drop(batch);
            queue.clear();
        }
    }

    /// Answers every look-up of the batch: by Redis, by what keeps Redis from answering, by its deadline, or because the
    /// inbox was closed. The store is not, for others may use it.
    async fn look_up(&self, batch: &Batch<'_>) {
        let answers = self.store.fetch(batch.keys(), |chunk, values| batch.answer(&chunk, &values));
        tokio::pin!(answers);
        while let Some(oldest) = batch.oldest() {
            select! {
                // First: at the end the answer is CLOSED, also where Redis is out of reach.
                biased;
                () = self.inbox.closed() => batch.close(),
                () = &mut answers => break,
                () = sleep_until(Instant::from_std(oldest) + self.timeout) => batch.expire(oldest + DEADLINE_GRAIN),
            }
        }
    }
}
