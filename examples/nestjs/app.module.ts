import { MiddlewareConsumer, Module, NestModule, RequestMethod } from '@nestjs/common';
import { AuthController } from './auth.controller';
import { ChatGateway, NewsGateway } from './chat.gateway';
import { passport } from './passport';

@Module({ controllers: [AuthController], providers: [ChatGateway, NewsGateway] })
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    const logIn = passport.authenticate('local', { successRedirect: '/', failureRedirect: '/' });
    consumer.apply(logIn).forRoutes({ path: 'login', method: RequestMethod.POST });
  }
}
