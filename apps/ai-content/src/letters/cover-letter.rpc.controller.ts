import { Controller } from '@nestjs/common';
import {
  deleteCoverLetter,
  generateCoverLetter,
  getCoverLetter,
  getGeneration,
  listAiProviders,
  listCoverLetters,
  type RpcContract,
  startCoverLetter,
  type Static,
  updateCoverLetter,
} from '#contracts';
import { callerId, Rpc, type RpcContext } from '#messaging';
import { GenerationService } from '../generations/generation.service.js';
import { CoverLetterService } from './cover-letter.service.js';
import { OFFLINE_MODEL, OFFLINE_PROVIDER } from './offline-provider.js';

type Request<C extends RpcContract> = Static<C['request']>;

@Controller()
export class CoverLetterRpcController {
  constructor(
    private readonly letters: CoverLetterService,
    private readonly generations: GenerationService,
  ) {}

  @Rpc(startCoverLetter)
  start(request: Request<typeof startCoverLetter>, context: RpcContext) {
    return this.letters.start(callerId(context), request, context);
  }

  @Rpc(generateCoverLetter)
  generate(request: Request<typeof generateCoverLetter>, context: RpcContext) {
    return this.letters.generate(callerId(context), request, context);
  }

  @Rpc(listCoverLetters)
  list(request: Request<typeof listCoverLetters>, context: RpcContext) {
    return this.letters.list(callerId(context), request);
  }

  @Rpc(getCoverLetter)
  get(request: Request<typeof getCoverLetter>, context: RpcContext) {
    return this.letters.get(callerId(context), request.cover_letter_id);
  }

  @Rpc(updateCoverLetter)
  update(request: Request<typeof updateCoverLetter>, context: RpcContext) {
    return this.letters.update(callerId(context), request.cover_letter_id, request.content);
  }

  @Rpc(deleteCoverLetter)
  async delete(request: Request<typeof deleteCoverLetter>, context: RpcContext) {
    await this.letters.delete(callerId(context), request.cover_letter_id);
    return {};
  }

  @Rpc(getGeneration)
  generation(request: Request<typeof getGeneration>, context: RpcContext) {
    return this.generations.get(callerId(context), request.generation_id);
  }

  @Rpc(listAiProviders)
  providers() {
    return {
      providers: [
        {
          name: OFFLINE_PROVIDER,
          available: true,
          models: [OFFLINE_MODEL],
          price: { input_per_million_usd: 0, output_per_million_usd: 0 },
          note: 'Built in: deterministic, grounded in your profile, nothing leaves this machine.',
        },
      ],
    };
  }
}
