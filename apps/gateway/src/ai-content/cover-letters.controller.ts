import { Controller } from '@nestjs/common';
import {
  deleteCoverLetter,
  generateCoverLetter,
  getCoverLetter,
  getGeneration,
  listAiProviders,
  listCoverLetters,
  startCoverLetter,
  updateCoverLetter,
} from '#contracts';
import { RpcClient } from '#messaging';
import { Answer } from '../http/answer.js';
import { Endpoint } from '../http/endpoint.js';
import type { Call, OperationInput } from '../http/operation.js';
import {
  deleteCoverLetterOperation,
  generateCoverLetterOperation,
  getCoverLetterOperation,
  getGenerationOperation,
  listAiProvidersOperation,
  listCoverLettersOperation,
  updateCoverLetterOperation,
} from './cover-letters.operations.js';

@Controller()
export class CoverLettersController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(generateCoverLetterOperation)
  async generate(input: OperationInput<typeof generateCoverLetterOperation>, call: Call) {
    const asked = call.respondAsync
      ? await this.rpc.call(startCoverLetter, input.body, call.context)
      : await this.rpc.call(generateCoverLetter, input.body, call.context);
    if ('content' in asked) return asked;
    return Answer.json(JSON.stringify(asked), {
      status: 202,
      headers: { location: `/api/v1/ai/generations/${asked.id}` },
    });
  }

  @Endpoint(listCoverLettersOperation)
  list(input: OperationInput<typeof listCoverLettersOperation>, call: Call) {
    return this.rpc.callRaw(listCoverLetters, input.query, call.context);
  }

  @Endpoint(getCoverLetterOperation)
  get(input: OperationInput<typeof getCoverLetterOperation>, call: Call) {
    return this.rpc.callRaw(getCoverLetter, { cover_letter_id: input.params.id }, call.context);
  }

  @Endpoint(updateCoverLetterOperation)
  update(input: OperationInput<typeof updateCoverLetterOperation>, call: Call) {
    return this.rpc.callRaw(
      updateCoverLetter,
      { cover_letter_id: input.params.id, content: input.body.content },
      call.context,
    );
  }

  @Endpoint(deleteCoverLetterOperation)
  async delete(input: OperationInput<typeof deleteCoverLetterOperation>, call: Call): Promise<void> {
    await this.rpc.callRaw(deleteCoverLetter, { cover_letter_id: input.params.id }, call.context);
  }

  @Endpoint(getGenerationOperation)
  generation(input: OperationInput<typeof getGenerationOperation>, call: Call) {
    return this.rpc.callRaw(getGeneration, { generation_id: input.params.id }, call.context);
  }

  @Endpoint(listAiProvidersOperation)
  providers(_input: OperationInput<typeof listAiProvidersOperation>, call: Call) {
    return this.rpc.callRaw(listAiProviders, {}, call.context);
  }
}
