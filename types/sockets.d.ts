// Sockets of any Socket.IO, told by their shape: no typings of Socket.IO are needed.

/** Where sockets can be found: a Server, a Namespace, or an iterable. */
export type SocketSource =
  | { readonly sockets: object }
  // a Namespace up to Socket.IO 2
  | { readonly connected: object }
  | Iterable<object>;

/**
 * The type of the sockets in a {@link SocketSource}. A Server's `sockets` is its default namespace, and a
 * Namespace's are a Map, in old versions an array or an object by id. Of a list of mere objects, and so in
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
 * Each property, by its name or its path (`'team.id'`), has this value, or one of these. Compared by `===`, so that
 * `NaN` equals nothing and `'42'` is not `42`. `{}` matches everybody. A plain object. More than 1,000 values of one
 * property are compared with the users as they are now.
 */
export interface Criteria {
  readonly [property: string]: Indexable | readonly Indexable[];
}

/** What can be indexed and asked for. */
export type Indexable = string | number | boolean | bigint | null;

/**
 * What a property of the users, named or by its path, can be in the index. Anything, where their type does not tell. Parts of
 * the path may be missing in some users.
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
