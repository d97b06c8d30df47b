'use strict';

// docs/monitoring.md

const assert = require('node:assert/strict');
const diagnostics = require('node:diagnostics_channel');
const { context, trace } = require('@opentelemetry/api');
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
const {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} = require('@opentelemetry/sdk-trace-base');
const { MemoryStore } = require('express-session');
const pino = require('pino');
const { register } = require('prom-client');
const ts = require('typescript');
const { runScript } = require('../../child');
const { until } = require('../../live/app');
const { passportOf } = require('../../visit');
const { notedConsole, openSite } = require('../site');

/** Samples of other pages run at the same time, in the same process: their messages come too. */

module.exports = {
  'a warning': async (t, { code }) => {
    const { err } = await runScript(`
      const authorizer = authorize({ secret: SECRET, redis: 'redis://127.0.0.1:1', passport: passportOf() });
      visit(authorizer, cookieOf('ann')).then(() => authorizer.close());
    `);
    const shape = (text) =>
      text
        .split('\n')[0]
        .replace(/\(node:\d+\)/, '')
        .replaceAll(/127\.0\.0\.1:\d+/g, '');
    const words = (text) => shape(text).replace(/STORE_ERROR: .*? \[/, '[');
    assert.equal(words(err), words(code));
  },

  'the debug log': async (t, { code }) => {
    const { err } = await runScript(
      `
      const store = { get: (sid, done) => done(null, { passport: { user: sid } }) };
      const authorizer = authorize({ secret: SECRET, store, passport: passportOf() });
      const come = (headers) => {
        const conn = { transport: { name: 'websocket' }, on() {} };
        return new Promise((resolve) => authorizer({ request: { headers }, nsp: { name: '/' }, conn }, resolve));
      };
      come({ cookie: 'theme=dark; ' + cookieOf('Xw3kAndMore') }).then(() => come({}));
    `,
      { env: { NODE_DEBUG: 'passport-socketio-native' } },
    );
    const shape = (text) => text.replaceAll(/NATIVE \d+/g, '').replaceAll(/\d+\.\d ms/g, '');
    assert.equal(shape(err), shape(code));
  },

  subscribe: async (t, { code }) => {
    const site = await openSite(t);
    const { console, lines } = notedConsole();
    site.run(code, { console, require: requireFor(t) });
    site.authorize();
    await site.visit();
    const [, namespace, durationMs] = lines.find(([failure]) => failure === 'NO_COOKIE');
    assert.deepEqual([namespace, typeof durationMs], ['/', 'number']);
  },

  'typed messages': async (t, { code }) => {
    const site = await openSite(t);
    const { console, lines } = notedConsole();
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    site.run(outputText, { console, exports: {}, require: requireFor(t) });
    site.authorize();
    await site.visit();
    assert.ok(lines.some(([failure, hint]) => failure === 'NO_COOKIE' && hint.includes('cookie')));
  },

  OpenTelemetry: async (t, { code }) => {
    const exporter = new InMemorySpanExporter();
    const contextManager = new AsyncLocalStorageContextManager();
    const spanProcessors = [new SimpleSpanProcessor(exporter)];
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
    context.setGlobalContextManager(contextManager.enable());
    t.after(() => {
      trace.disable();
      context.disable();
    });
    const site = await openSite(t);
    site.run(code, { contextManager, require: requireFor(t) });
    const tracer = trace.getTracer('app');
    const inSpan = (name, run) => tracer.startActiveSpan(name, (span) => (run(), span.end()));
    const passport = passportOf((key, done) =>
      setImmediate(() => inSpan('users', () => done(null, { name: key.name ?? key }))),
    );
    site.authorize({
      passport,
      success: (data, accept) => inSpan('success', accept),
      fail: (data, message, critical, accept) => inSpan('fail', () => accept(null, false)),
    });
    site.greet();
    assert.equal((await site.visit(site.ann)).welcome, 'ann');
    await site.visit();

    const spans = exporter.getFinishedSpans();
    const parentOf = (name) => {
      const { parentSpanContext } = spans.find((span) => span.name === name);
      return spans.find((span) => span.spanContext().spanId === parentSpanContext.spanId);
    };
    const [users, fail] = [parentOf('users'), parentOf('fail')];
    assert.deepEqual([users.name, fail.name], ['authorize socket', 'authorize socket']);
    assert.deepEqual(users.attributes, { namespace: '/', backend: 'store' });
    assert.equal(users.status.code, 0);
    assert.deepEqual(fail.status, { code: 2, message: 'NO_COOKIE' });
    assert.notEqual(users, fail);
  },

  'prom-client': async (t, { code }) => {
    t.after(() => register.clear());
    const site = await openSite(t);
    site.run(code, { require: requireFor(t) });
    const [sid] = Object.keys(site.sessionStore.sessions);
    site.authorize({ onSessionEnd() {}, recheckEvery: 100 });
    site.greet();
    await site.visit(site.ann);
    await site.visit();
    diagnostics.channel('passport-socketio-native:backend').publish({ state: 'up' });
    assert.ok(site.sessionStore instanceof MemoryStore);
    site.sessionStore.destroy(sid);
    const metrics = async () => {
      return (await fetch(`${site.url}/metrics`, { headers: { connection: 'close' } })).text();
    };
    let text = '';
    while (!/^socket_sessions_ended\{/m.test(text)) text = await metrics();
    assert.match(text, /^socket_authorization_seconds_count\{code="AUTHORIZED"\} [1-9]/m);
    assert.match(text, /^socket_authorization_seconds_count\{code="NO_COOKIE"\} [1-9]/m);
    assert.match(text, /^socket_sessions_ended\{reason="destroyed"\} [1-9]/m);
    assert.match(text, /^socket_sessions_up [01]$/m);
  },

  pino: async (t, { code }) => {
    const lines = [];
    const logger = pino({ level: 'debug' }, { write: (line) => lines.push(JSON.parse(line)) });
    const site = await openSite(t);
    const before = process.listeners('warning');
    site.run(code, { logger, require: requireFor(t), process });
    const [added] = process.listeners('warning').filter((listener) => !before.includes(listener));
    t.after(() => process.off('warning', added));
    site.authorize({ onSessionEnd() {}, recheckEvery: 100 });
    site.greet();
    await site.visit(site.ann);
    await site.visit();
    site.sessionStore.clear();
    process.emitWarning('down', { type: 'PassportSocketIoWarning', code: 'STORE_ERROR' });
    const wasTold = (part) =>
      lines.some((line) => Object.entries(part).every(([name, is]) => line[name] === is));
    await until(() => wasTold({ msg: 'session ended', reason: 'destroyed', user: 42 }));
    assert.ok(wasTold({ level: 20, msg: 'socket authorized', user: 42, namespace: '/' }));
    assert.ok(wasTold({ level: 30, msg: 'socket refused', code: 'NO_COOKIE', namespace: '/' }));
    await until(() => wasTold({ level: 40, msg: 'down', code: 'STORE_ERROR' }));
  },
};

/** `require` of a sample, whose subscriptions end with the test. */
function requireFor(t) {
  const subscribe = (name, listener) => {
    diagnostics.subscribe(name, listener);
    t.after(() => diagnostics.unsubscribe(name, listener));
  };
  const tracingChannel = (name) => {
    const channels = diagnostics.tracingChannel(name);
    const { start } = channels;
    return {
      start: {
        bindStore(store, transform) {
          start.bindStore(store, transform);
          t.after(() => start.unbindStore(store));
        },
      },
      subscribe(handlers) {
        channels.subscribe(handlers);
        t.after(() => channels.unsubscribe(handlers));
      },
    };
  };
  return (name) => (name === 'node:diagnostics_channel' ? { subscribe, tracingChannel } : require(name));
}
