//! The thread on which all look-ups of an environment run.

use std::{io, sync::Arc, thread};

use tokio::{
    runtime::{Builder, Handle},
    sync::Notify,
};

/// A thread with a tokio runtime that lasts as long as this value.
///
/// One thread, `current_thread`: the work is to wait for one socket, and some microseconds of hashing. More threads,
/// or napi's own pool, only add wake-ups (no gain measured with 2 connections or 2 threads).
pub struct IoThread {
    handle: Handle,
    stop: Arc<Notify>,
}

impl IoThread {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system provides no thread or no epoll instance.
    pub fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        thread::Builder::new().name("passport-socketio".to_owned()).spawn(move || {
            runtime.block_on(stopped.notified());
            // Not `drop`, which waits for a name look-up that hangs in the resolver.
            runtime.shutdown_background();
        })?;
        Ok(Self { handle, stop })
    }

    /// The runtime on which to spawn.
    #[must_use]
    pub fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for IoThread {
    /// Ends the thread without waiting for it. It holds nothing of the environment but a threadsafe function, and a
    /// call of that one after the environment's end only returns a status.
    fn drop(&mut self) {
        self.stop.notify_one();
    }
}
