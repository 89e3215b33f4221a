import { Controller } from '@nestjs/common';
import { signIn, type SignInAnswer, type SignInRequest } from '#contracts';
import { Rpc, type RpcContext } from '#messaging';
import { SignInService } from './sign-in.service.js';

@Controller()
export class SignInRpcController {
  constructor(private readonly signIn: SignInService) {}

  @Rpc(signIn)
  signInWithPassword(request: SignInRequest, context: RpcContext): Promise<SignInAnswer> {
    return this.signIn.signInWithPassword(request, context);
  }
}
