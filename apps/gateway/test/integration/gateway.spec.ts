import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Stack } from '../support/stack.js';
import { person, tokenFor } from '../support/tokens.js';

let stack: Stack;
let url: string;
beforeAll(async () => {
  stack = await Stack.start();
  url = await stack.gateway();
}, 60_000);
afterAll(() => stack.stop());

describe('conventions', () => {
  it('a public list answers through the bus', async () => {
    const response = await fetch(`${url}/api/v1/things?page=3`);
    expect([response.status, await response.text(), Object.fromEntries(response.headers)]).toEqual([200]);
  });
  it('signed in', async () => {
    const response = await fetch(`${url}/api/v1/things/01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11`, {
      headers: { authorization: `Bearer ${tokenFor(stack.key, person())}` },
    });
    expect([response.status, await response.text(), Object.fromEntries(response.headers)]).toEqual([200]);
  });
});
