import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { join } from 'node:path';
import { ChatGateway } from './chat.gateway';

@Controller()
export class AuthController {
  constructor(private readonly chat: ChatGateway) {}

  @Get()
  page(@Res() response: Response): void {
    response.sendFile(join(__dirname, '..', 'page.html'));
  }

  @Post('logout')
  async logOut(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { sessionID } = request;
    await new Promise<void>((resolve, reject) => {
      request.logout((error) => (error ? reject(error) : resolve()));
    });
    // Nothing else ends the sockets of a session at log-out: the app has to.
    this.chat.disconnectSession(sessionID);
    response.redirect('/');
  }
}
