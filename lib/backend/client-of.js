'use strict';

/**
 * The client that the store reads through: the one it shows, or, where it hides it, that of the option. None
 * where the store's is a getter that throws: its `get` is all that a store owes.
 */
function clientOf({ client, store }) {
  if (client != null) return client;
  try {
    return store.client;
  } catch {
    return undefined;
  }
}

module.exports = { clientOf };
