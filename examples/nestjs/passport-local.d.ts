// As much of @types/passport-local as is used here; an app installs that package.
declare module 'passport-local' {
  import { Strategy as PassportStrategy } from 'passport';

  type Verify = (
    name: string,
    password: string,
    done: (error: unknown, user?: Express.User | null) => void,
  ) => void;

  export class Strategy extends PassportStrategy {
    constructor(verify: Verify);
  }
}
