import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import type { VISA_POLARITIES } from '#contracts';
import { describeWithCorpus } from '#testing';
import { visaVerdict } from './visa-verdict.js';

interface LabelledSentence {
  sentence: string;
  label: Exclude<(typeof VISA_POLARITIES)[number], 'relocation'> | 'relocation_only' | 'unrelated';
}

/**
 * The rules were written by somebody who had seen these sentences, so this guards against decay; it does not say how
 * well they read sentences nobody has seen.
 */
describeWithCorpus('visa statements of real postings', (corpus) => {
  const labelled = readFileSync(join(corpus, 'visa/visa_sentences.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LabelledSentence);

  const strongest = (sentence: string): LabelledSentence['label'] => {
    const { evidence } = visaVerdict(sentence);
    const order = ['refuses', 'offers', 'requires_existing_authorization', 'relocation'] as const;
    const found = order.find((polarity) => evidence.some((one) => one.polarity === polarity));
    return found === 'relocation' ? 'relocation_only' : (found ?? 'unrelated');
  };

  it('are read as a person read them in at least 95 of 100 cases', () => {
    const right = labelled.filter(({ sentence, label }) => strongest(sentence) === label);
    expect(right.length / labelled.length).toBeGreaterThanOrEqual(0.95);
  });

  it('never turn a refusal or a demand into an offer', () => {
    const wrong = labelled.filter(
      ({ sentence, label }) =>
        (label === 'refuses' || label === 'requires_existing_authorization') &&
        ['yes', 'maybe'].includes(visaVerdict(sentence).verdict),
    );
    expect(wrong).toEqual([]);
  });
});
