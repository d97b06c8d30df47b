// authorizer.explain.

import { RedisStore } from 'connect-redis';
import { createClient } from 'redis';
import { authorize } from 'passport-socketio-native';
import type { Explanation, FailureCode, StepStatus } from 'passport-socketio-native';

interface Account {
  id: number;
}
const store = new RedisStore({ client: createClient() });

async function explainAll(): Promise<void> {
  const authorizer = authorize<Account>({ store });
  const explanation: Explanation = await authorizer.explain({ headers: { cookie: 'a=1' }, url: '/' });
  const code: 'FOUND' | FailureCode = explanation.code;
  const hint: string | null = explanation.hint;
  for (const step of explanation.steps) {
    const status: StepStatus = step.status;
    if (step.step === 'session') {
      for (const { name, type } of step.members ?? []) console.log(name.length, type.length);
    } else if (step.step === 'signature') {
      const secret: number | null | undefined = step.secret;
      console.log(secret, status);
    } else if (step.step === 'look-up') {
      const backend: 'redis' | 'store' | undefined = step.backend;
      console.log(backend, step.text);
    }
    // @ts-expect-error not of every step
    console.log(step.members);
  }
  console.log(code, hint, String(explanation), explanation.cause, explanation.authorized);
  // @ts-expect-error not a request
  await authorizer.explain('x');
}
console.log(explainAll);
