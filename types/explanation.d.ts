// What `authorizer.explain` gives.

import type { FailureCode } from './report';

/** What an authorization of a request comes to, and why. Plain and fit for JSON. */
export interface Explanation {
  /** Whether the user was found. What `success` then decides is not asked. */
  readonly authorized: boolean;
  /**
   * `'FOUND'`, or the code that `fail` would get. `REFUSED` and `TOO_MANY_ATTEMPTS` never: `success` decides the one, the
   * connection's other authorizations the other.
   */
  readonly code: 'FOUND' | FailureCode;
  readonly critical: boolean;
  /** What a client is told by default. */
  readonly message: string;
  /** The usual reason and what to do, as `fail` gets it; null where the user was found. */
  readonly hint: string | null;
  /** All steps, in their order. After a failed one the others are `'not-reached'`. */
  readonly steps: readonly ExplainedStep[];
  /**
   * The store's error, or the value that a function of the app gave or threw, as `fail` gets it. Not enumerable: in no JSON, and
   * not in the text, since it may have anything in it.
   */
  readonly cause: unknown;
  /** A line for each step (✓ passed, ✗ failed, - skipped, ? unknown, · not reached), and the hint. Not enumerable. */
  toString(): string;
}

/**
 * `'skipped'`: it does not apply to this request. `'unknown'`: only a function of the app knows, which is not called (the option
 * `origin`, `cors` of the server).
 */
export type StepStatus = 'passed' | 'failed' | 'skipped' | 'unknown' | 'not-reached';

/** One step. The members beside `step`, `status` and `text` are there where the step was taken, and came so far. */
export type ExplainedStep = {
  readonly status: StepStatus;
  /** What was found, in one line. */
  readonly text: string;
} & (
  | {
      /** Whether the authorizer is open; the option `origin`; `session_id` in the query; deserializeUser. */
      readonly step: 'authorizer' | 'origin' | 'query' | 'user';
    }
  | {
      /**
       * `key`: the name of the session's cookie, `count`: how often it came, `names`: of all cookies; long ones are cut. Of a
       * header of more than 50 cookies, or 8192 characters, the first ones.
       */
      readonly step: 'cookies';
      readonly key?: string;
      readonly names?: readonly string[];
      readonly count?: number;
    }
  | {
      /** `secret`: by which one, from 0, null: by none; `secrets`: how many there are. */
      readonly step: 'signature';
      readonly secret?: number | null;
      readonly secrets?: number;
    }
  | {
      /** Where the session was looked for, and whether there is one. `durationMs`: how long it took. */
      readonly step: 'look-up';
      readonly backend?: 'redis' | 'store';
      /** Without credentials; only natively. */
      readonly address?: string;
      /** What the key of a session begins with; null where the store has no prefix. */
      readonly prefix?: string | null;
      readonly found?: boolean;
      readonly durationMs?: number;
    }
  | {
      /** The session: its type (an object, mostly), and its own members. `more`: how many are not told. */
      readonly step: 'session';
      readonly type?: string;
      readonly members?: readonly ExplainedMember[];
      readonly more?: number;
    }
  | {
      /** Passport's member of the session: its name, its members; `userKey`: the type of the user key. */
      readonly step: 'passport';
      readonly member?: string;
      readonly members?: readonly ExplainedMember[];
      readonly more?: number;
      readonly userKey?: string;
    }
);

export interface ExplainedMember {
  readonly name: string;
  /** As JSON names types, and `'array'`; what a store gives beyond JSON, as `typeof` does; `'unreadable'`: a getter threw. */
  readonly type: string;
}
