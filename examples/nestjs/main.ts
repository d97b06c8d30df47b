import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { RedisStore } from 'connect-redis';
import session from 'express-session';
import { createClient } from 'redis';
import { AppModule } from './app.module';
import { passport } from './passport';
import { PassportIoAdapter } from './passport-io.adapter';

export async function start({ redisUrl, port }: { redisUrl: string; port: number }) {
  const client = createClient({ url: redisUrl });
  client.on('error', (error: Error) => console.error('Redis:', error.message));
  await client.connect();
  // What joins Nest's HTTP half and its gateways.
  const sessions = { secret: 'keyboard cat', store: new RedisStore({ client }) };

  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  // SameSite: pages of other sites cannot connect with the visitor's cookie.
  const cookie = { sameSite: 'lax' as const };
  app.use(session({ ...sessions, resave: false, saveUninitialized: false, cookie }));
  app.use(passport.session());
  const guard = { ...sessions, passport, origin: 'same-host', onSessionEnd: 'disconnect' } as const;
  app.useWebSocketAdapter(new PassportIoAdapter(app, guard));

  // On the loopback interface only: the passwords are known to everybody.
  await app.listen(port, '127.0.0.1');
  return {
    url: await app.getUrl(),
    async close() {
      await app.close();
      await client.close();
    },
  };
}
