//! Look-ups through the whole pipeline, in batches: inbox, signatures, keys, sessions, outbox. A call is one look-up.

use std::{sync::Arc, time::Duration};

use passport_socketio_native::{
    core::{
        credential::{self, CredentialKind},
        settings::Settings,
    },
    pipeline::{
        Chunk, Delivers, Fault, Histogram, Inbox, Keys, ReadResult, SessionSource, Worker, outbox::Outbox,
    },
};
use tokio::runtime::{Builder, Runtime};

use crate::{Case, Run, credentials, sessions};

pub const CASES: &[(&str, Case)] = &[("pipeline-64", || in_batches(64)), ("pipeline-1", || in_batches(1))];

/// Every session exists.
struct Everybody(Vec<u8>);

impl SessionSource for Everybody {
    async fn fetch(
        &self,
        keys: &Keys,
        mut on_chunk: impl FnMut(Chunk, Result<Vec<ReadResult>, Fault>) + Send,
    ) {
        on_chunk(Chunk::Range(0..keys.len()), Ok(vec![Ok(Some(self.0.clone())); keys.len()]));
    }
}

struct Pipeline {
    runtime: Runtime,
    inbox: Arc<Inbox>,
    outbox: Arc<Outbox>,
    settings: Arc<Settings>,
    credentials: Vec<Vec<u8>>,
}

fn in_batches(size: usize) -> Run {
    let pipeline = Pipeline::open(size);
    Box::new(move |calls| (0..calls.div_ceil(size)).for_each(|_| pipeline.batch()))
}

impl Pipeline {
    fn open(size: usize) -> Self {
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        let (inbox, outbox) = (Arc::new(Inbox::default()), Arc::new(Outbox::new(|| {})));
        let settings = Arc::new(credentials::settings());
        let credential_of = |number| {
            let header = credentials::header(number);
            credential::precheck(CredentialKind::Header, header.as_bytes(), &settings).unwrap().to_vec()
        };
        let credentials = (0..size).map(credential_of).collect();
        runtime.spawn(
            Worker {
                inbox: Arc::clone(&inbox),
                source: Arc::new(Everybody(sessions::text_with_user().into_bytes())),
                outbox: Arc::clone(&outbox),
                latency: Arc::new(Histogram::default()),
                timeout: Duration::from_secs(3600),
                delivers: Delivers::Users,
            }
            .run(),
        );
        Self { runtime, inbox, outbox, settings, credentials }
    }

    fn batch(&self) {
        for (ticket, credential) in (0..).zip(&self.credentials) {
            self.inbox.push(ticket, CredentialKind::Header, credential, &self.settings).unwrap();
        }
        self.inbox.wake();
        let mut answered = 0;
        self.runtime.block_on(async {
            while answered < self.credentials.len() {
                tokio::task::yield_now().await;
                while let Some(page) = self.outbox.take() {
                    answered += page.rows().len();
                    self.outbox.recycle(page);
                }
            }
        });
    }
}
