'use strict';

// The buttons of the demo's page that try to break it, in a real browser: each says what happened, in words.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { noBrowser } = require('./support/browser');
const { DemoVisitor, openDemoInBrowser } = require('./support/demo-page');

const skip = noBrowser();
let demo;

before(async () => {
  if (!skip) demo = await openDemoInBrowser();
});
after(() => demo?.close());

async function comeAs(t, name, options) {
  const visitor = await DemoVisitor.come(t, demo, options);
  await visitor.logIn(name);
  return visitor;
}

/** Result and panel say the same of a client that the server plays. */
async function assertRefused(visitor, label, code, hint) {
  const result = await visitor.attempt(label);
  assert.match(result, new RegExp(code));
  assert.match(result, /It was refused after [\d.]+ ms: No session found/);
  assert.match(result, hint);
  const shown = visitor.page.locator('#refusals li', { hasText: label }).first();
  await shown.filter({ hasText: code }).filter({ hasText: hint }).waitFor();
}

test('who is not logged in is told so, and no request is sent', { skip }, async (t) => {
  const visitor = await DemoVisitor.come(t, demo);
  visitor.page.on('request', (request) => assert.notEqual(request.method(), 'POST'));
  assert.match(await visitor.attempt('Forge my cookie'), /log in on the stage first/);
});

test('connect without a cookie, forge my cookie: refused, with code and hint', { skip }, async (t) => {
  const alice = await comeAs(t, 'alice');
  await assertRefused(alice, 'Connect without a cookie', 'NO_COOKIE', /The handshake has no session cookie/);
  await assertRefused(alice, 'Forge my cookie', 'BAD_SIGNATURE', /None of the secrets made/);
  await alice.state('connected as alice');
});

test('log me out in another tab: the socket ends, and the milliseconds are told', { skip }, async (t) => {
  const alice = await comeAs(t, 'alice');
  const result = await alice.attempt('Log me out in another tab');
  assert.match(result, /^Logged out in another tab\s+[\d.,]+ ms\s/);
  assert.match(result, /The server ended this page’s socket: destroyed/);
  await alice.state('not connected');
});

test('expire my session in 3 s: the socket ends by itself', { skip }, async (t) => {
  const alice = await comeAs(t, 'alice');
  assert.match(await alice.attempt('Expire my session in 3 s'), /3 seconds left/);
  await alice.page.locator('#result', { hasText: 'The server ended this page’s socket: expired' }).waitFor();
  await alice.page.locator('#why', { hasText: 'Your session has expired' }).waitFor();
});

test('switch my user: the same page is somebody else', { skip }, async (t) => {
  const alice = await comeAs(t, 'alice');
  await alice.page.getByLabel('Switch my user: who').selectOption('bob');
  assert.match(await alice.attempt('Switch my user'), /was alice, and is bob now/);
  await alice.state('connected as bob');
  await alice.page.locator('#result', { hasText: 'ended this page’s socket: user-changed' }).waitFor();
});

test('ban a user: admins alone may; the banned one is out until they are pardoned', { skip }, async (t) => {
  const bob = await comeAs(t, 'bob', { except: /status of 40[13]/ });
  await bob.page.getByLabel('Ban a user: who').selectOption('alice');
  assert.match(await bob.attempt('Ban a user'), /Only an admin may do this/);
  assert.equal(await bob.page.locator('#admin').isVisible(), false);

  const carol = await comeAs(t, 'carol');
  const { page } = carol;
  await page.getByLabel('Ban a user: who').selectOption('bob');
  assert.match(await carol.attempt('Ban a user'), /\d sessions? of bob destroyed; 1 socket ended/);
  await bob.page.locator('#why', { hasText: 'Your session was logged out or destroyed' }).waitFor();
  await bob.page.getByRole('group', { name: 'Log in as' }).getByRole('button', { name: 'bob' }).click();
  await bob.page.getByRole('alert').filter({ hasText: 'banned' }).waitFor();

  const table = page.getByRole('region', { name: 'All sockets' });
  await table.getByRole('button', { name: 'Pardon bob' }).click();
  await table.getByRole('button', { name: 'Pardon bob' }).waitFor({ state: 'detached' });
  await bob.logIn('bob');
});

test(
  'an admin sees all sockets, and ends one; its page stays away until it is asked',
  { skip },
  async (t) => {
    const [alice, carol] = [await comeAs(t, 'alice'), await comeAs(t, 'carol')];
    const row = carol.page.getByRole('row', { name: 'alice' });
    assert.match(await row.innerText(), /alice\s+EndBan\s+\S+\s+websocket\s+user:alice\s+\d\d:\d\d:\d\d/);
    await row.getByRole('button', { name: 'End' }).click();
    await alice.state('carol has ended this socket');
    await row.waitFor({ state: 'detached' });
    await alice.page.getByRole('button', { name: 'Connect again' }).click();
    await alice.state('connected as alice');
    assert.equal(await alice.focused(), 'text');
  },
);

test(
  'a log-out after an admin has ended the socket: the page says so, and asks for a log-in',
  { skip },
  async (t) => {
    for (const press of [
      (alice) => alice.page.getByRole('button', { name: 'Log out', exact: true }).click(),
      async (alice) => assert.match(await alice.attempt('Log me out'), /had no socket any more/),
    ]) {
      const [alice, carol] = [await comeAs(t, 'alice'), await comeAs(t, 'carol')];
      await carol.page.getByRole('row', { name: 'alice' }).getByRole('button', { name: 'End' }).click();
      await alice.state('carol has ended this socket');
      await alice.page.locator('#present li', { hasText: 'alice' }).waitFor({ state: 'detached' });
      await press(alice);
      await alice.state('not connected');
      await alice.page.getByRole('group', { name: 'Log in as' }).waitFor();
    }
  },
);

test(
  'while Redis is stopped: no log-out, as the page says, and no log-in to be told',
  { skip },
  async (t) => {
    const alice = await comeAs(t, 'alice', { except: /status of 503/ });
    await alice.attempt('Stop Redis');
    for (const name of ['Log out', 'Log me out in another tab']) {
      await alice.page.getByRole('button', { name, exact: true }).click();
      await alice.page.locator('#result', { hasText: /^Not logged out\s*Redis is stopped/ }).waitFor();
      await alice.attempt('Connect without a cookie');
    }
    await alice.state('connected as alice');
    await alice.page.reload();
    await alice.page.getByText('Nobody can tell now whether you are logged in').waitFor();
    await alice.attempt('Start Redis');
    await alice.state('connected as alice');
    assert.equal(await alice.page.getByText('Nobody can tell now').isVisible(), false);
  },
);

test('stop Redis: nobody is ended, nobody is let in; start it: all is as before', { skip }, async (t) => {
  const alice = await comeAs(t, 'alice');
  const stopped = await alice.attempt('Stop Redis');
  assert.match(stopped, /STORE_ERROR/);
  assert.match(stopped, /still connected all the same/);
  await alice.page.locator('#tiles', { hasText: /Backend\s*down/ }).waitFor();
  await alice.state('connected as alice');
  assert.match(await alice.attempt('Start Redis'), /sessions can be looked up again/);
  await alice.page.locator('#tiles', { hasText: /Backend\s*up/ }).waitFor();
  // The session was kept.
  await alice.page.reload();
  await alice.state('connected as alice');
});

test('1,000 connections at once: all are let in, and seen in the panel', { skip }, async (t) => {
  const alice = await comeAs(t, 'alice');
  assert.match(await alice.attempt('1,000 connections at once'), /Let in: 1,000/);
  await alice.page.locator('#outcomes li', { hasText: /^AUTHORIZED 1,\d\d\d$/ }).waitFor();
  await alice.page.locator('#present li', { hasText: /alice \(you\)1 socket$/ }).waitFor();
});

test('explain my connection: as text that one can read, of a stranger too', { skip }, async (t) => {
  const visitor = await DemoVisitor.come(t, demo);
  const explained = visitor.page.getByLabel('Explanation of this connection');
  assert.match(await visitor.attempt('Explain my connection'), /My connection, explained/);
  assert.match(await explained.innerText(), /^NO_COOKIE: /);
  await visitor.logIn('alice');
  await visitor.attempt('Explain my connection');
  assert.match(await explained.innerText(), /^FOUND: The user was found[^]*The cookie is signed/);
});
