import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { join } from 'node:path';

@Controller()
export class AuthController {
  @Get()
  page(@Res() response: Response): void {
    response.sendFile(join(__dirname, '..', 'page.html'));
  }

  @Post('logout')
  async logOut(@Req() request: Request, @Res() response: Response): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      request.logout((error) => (error ? reject(error) : resolve()));
    });
    // The sockets of the session end by themselves: see onSessionEnd in main.ts.
    response.redirect('/');
  }
}
