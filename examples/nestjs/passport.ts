import { Passport } from 'passport';
import { Strategy as LocalStrategy } from 'passport-local';
import { findById, findByLogin } from '../accounts';

declare global {
  namespace Express {
    interface User {
      id: number;
      name: string;
    }
  }
}

// With @nestjs/passport these are its strategies and its PassportSerializer, and the Passport is require('passport').
export const passport = new Passport();

passport.use(
  new LocalStrategy((name, password, done) => {
    findByLogin(name, password).then((user) => done(null, user), done);
  }),
);
passport.serializeUser<number>((user, done) => done(null, user.id));
passport.deserializeUser<number>((id, done) => {
  findById(id).then((user) => done(null, user), done);
});
