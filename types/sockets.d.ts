// Sockets of any Socket.IO version, described by their shape: no typings of Socket.IO are needed.

/** Where sockets can be found: a Server, a Namespace, or an iterable. */
export type SocketSource =
  | { readonly sockets: object }
  // a Namespace up to Socket.IO 2
  | { readonly connected: object }
  | Iterable<object>;

/**
 * The type of the sockets in a {@link SocketSource}. The `sockets` of a Server are its default namespace; those of a
 * Namespace are a Map, in old versions an array or an object by id. In a list of plain objects, and so in
 * `ReturnType<typeof filterSocketsByUser>`, they are `any`.
 */
export type SocketOf<Source> =
  IsAny<Source> extends true
    ? any
    : Source extends ReadonlyMap<any, infer Socket>
      ? Socket
      : Source extends Iterable<infer Socket>
        ? object extends Socket
          ? any
          : Socket
        : Source extends { readonly sockets: infer Inner }
          ? SocketOf<Inner>
          : Source extends { readonly connected: infer Inner }
            ? SocketOf<Inner>
            : Source extends { readonly [id: string]: infer Socket }
              ? Socket
              : never;

/**
 * A plain object: each property, by its name or its path (`'team.id'`), has this value, or one of these values. Compared by
 * `===`: `NaN` equals nothing, and `'42'` is not `42`. `{}` matches everybody. More than 1,000 values of one property are
 * compared with the users as they are now.
 */
export interface Criteria {
  readonly [property: string]: Indexable | readonly Indexable[];
}

/** The values that can be indexed and queried. */
export type Indexable = string | number | boolean | bigint | null;

/**
 * The type of an indexed property of the users, by its name or path: any {@link Indexable} where their type does not say.
 * Parts of the path may be missing in some users.
 */
export type ValuesOf<User, Property extends string> = Property extends `${infer First}.${infer Rest}`
  ? User extends { readonly [Name in First]?: infer Value }
    ? ValuesOf<NonNullable<Value>, Rest>
    : Indexable
  : User extends { readonly [Name in Property]?: infer Value }
    ? Indexed<Value>
    : Indexable;

type Indexed<Value> =
  IsAny<Value> extends true
    ? Indexable
    : [Extract<Value, Indexable>] extends [never]
      ? Indexable
      : Extract<Value, Indexable>;

export type IsAny<T> = 0 extends 1 & T ? true : false;

export {};
