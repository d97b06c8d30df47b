//! Where sessions are read from.

use super::{chunk::Chunk, fault::Fault, keys::Keys};

/// What reading one key gave: its bytes, `None` where there is no such key, or the key's own fault.
pub type ReadResult = Result<Option<Vec<u8>>, Fault>;

/// Reads stored sessions. The worker asks one source for all keys of a batch at once.
pub trait SessionSource: Send + Sync + 'static {
    /// Reads `keys`. `on_chunk` gets the result of each chunk as it arrives: a [`ReadResult`] for each key of the chunk,
    /// or the fault of the whole chunk. Every key is part of exactly one chunk.
    ///
    /// The source has no deadline. Its caller drops the future instead, which must be safe at any moment.
    fn fetch(
        &self,
        keys: &Keys,
        on_chunk: impl FnMut(Chunk, Result<Vec<ReadResult>, Fault>) + Send,
    ) -> impl Future<Output = ()> + Send;
}
