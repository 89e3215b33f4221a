import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ERROR_CODES } from '#contracts';
import { newId } from '#kernel';
import { gatewayControllers } from '../../src/controllers.js';
import { operationsOf, pathsOf } from '../../src/http/endpoint.js';
import type { OperationSpec } from '../../src/http/operation.js';
import type { OpenApiDocument } from '../../src/openapi/document.js';
import { Stack } from '../support/stack.js';
import { ThingsController } from '../support/things.js';
import { person, tokenFor } from '../support/tokens.js';

@Controller()
class UndeclaredController {
  @Get('/api/v1/shadow')
  show(): string {
    return 'to everybody';
  }
}
@Module({ controllers: [UndeclaredController] })
class UndeclaredModule {}

let stack: Stack;
let url: string;
let document: OpenApiDocument;
const operations = operationsOf(gatewayControllers);
const routesOf = (spec: OperationSpec): string[] =>
  pathsOf(spec).map((path) => `${spec.method} ${path.replace(/\{(\w+)\}/g, ':$1')}`);

beforeAll(async () => {
  stack = await Stack.start();
  url = await stack.gateway();
  document = JSON.parse(await (await fetch(`${url}/openapi.json`)).text());
}, 60_000);
afterAll(() => stack.stop(), 30_000);

describe('every operation', () => {
  const asked = operations.flatMap((spec) =>
    pathsOf(spec).map((path) => [`${spec.method} ${path}`, spec, path] as const),
  );

  it.each(asked)('%s keeps strangers out and carries the headers', async (_name, spec, path) => {
    const response = await fetch(url + path.replace(/\{\w+\}/g, newId()), {
      method: spec.method,
      redirect: 'manual',
      ...(spec.body === undefined || spec.method === 'GET'
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(spec.bodyExample ?? {}) }),
    });
    await response.text();
    // Without services a request that is let through ends at 503, or is answered by the gateway itself.
    if (spec.access !== 'public' && spec.access !== 'optional') expect(response.status).toBe(401);
    else expect(response.status).not.toBe(401);
    expect(response.status).not.toBe(500);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-request-id': expect.any(String),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringContaining('max-age=31536000'),
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'cache-control': expect.stringMatching(/no-store|no-cache|^public, max-age=\d+$/),
    });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('x-powered-by')).toBeNull();
  });

  const withBody = asked.filter(([, spec]) => spec.method !== 'GET' && spec.rawBody === undefined);
  it.each(withBody)('%s takes no member it does not know, wherever it is slipped in', async (_name, spec, path) => {
    const names = ['role', 'id', 'user_id', 'created_at', '__proto__', 'constructor'];
    for (const [name, body] of names.flatMap((one) => slippedIn(one, spec).map((body) => [one, body]))) {
      const token = tokenFor(stack.key, person(['user', 'employer', 'admin']));
      const response = await fetch(url + path.replace(/\{\w+\}/g, newId()), {
        method: spec.method,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body,
      });
      const answer = await response.text();
      expect([body, response.status, answer]).toEqual([
        body,
        422,
        expect.stringContaining(`${name}","message":"is not a known field`),
      ]);
    }
  });

  it('for a role refuses who does not have it', async () => {
    const headers = { authorization: `Bearer ${tokenFor(stack.key, person())}` };
    const guarded = operations.filter((spec) => typeof spec.access === 'object' && spec.method === 'GET');
    const answers = await Promise.all(
      guarded.map(
        async (spec) => (await fetch(url + (pathsOf(spec)[0] ?? '').replace(/\{\w+\}/g, newId()), { headers })).status,
      ),
    );
    expect(answers).toEqual(guarded.map(() => 403));
    expect(guarded.length).toBeGreaterThan(0);
  });
});

describe('the OpenAPI document', () => {
  it('names every route of the code, and the code has no other', () => {
    const declared = [...operations, ...operationsOf([ThingsController])].flatMap(routesOf);
    const pages = ['/openapi.json', '/docs', '/docs/', '/docs/start.js', '/docs/page.css', '/docs/errors', '/redoc'];
    const files = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'].map((name) => `/docs/${name}`);
    const served = stack.routes.filter((route) => !route.startsWith('HEAD '));
    expect(served).toEqual([...declared, ...[...pages, ...files].map((path) => `GET ${path}`)].sort());
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(documented.sort()).toEqual(operations.map((spec) => routesOf(spec)[0]).sort());
  });

  it('is not got around: a route nobody declared stops the start', async () => {
    await expect(stack.gateway({}, [UndeclaredModule])).rejects.toThrow(
      'GET /api/v1/shadow has no declared operation (use @Endpoint)',
    );
  });

  it('says of every operation what it is for, who may call it, what goes in and what may come out', () => {
    for (const methods of Object.values(document.paths)) {
      for (const operation of Object.values(methods)) {
        expect(operation).toMatchObject({
          operationId: expect.stringMatching(/^[a-z][A-Za-z0-9]+$/),
          summary: expect.stringMatching(/^.{5,120}$/),
          description: expect.stringMatching(/.{10,}/),
          tags: [expect.any(String)],
          security: expect.any(Array),
          responses: { 400: expect.anything(), 422: expect.anything(), 429: expect.anything(), 500: expect.anything() },
        });
      }
    }
    expect(document.openapi).toBe('3.1.0');
  });

  it('has a target for every reference', () => {
    const text = JSON.stringify(document);
    for (const [, pointer = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = pointer.split('/').reduce<unknown>((at, name) => Reflect.get(Object(at), name), document);
      expect([pointer, typeof target]).toEqual([pointer, 'object']);
    }
  });

  it('has an example for every body', () => {
    const without = operations.filter((spec) => spec.body !== undefined && spec.bodyExample === undefined);
    expect(without.map((spec) => spec.operationId)).toEqual([]);
  });
});

describe('the pages', () => {
  it.each(['/docs', '/docs/', '/redoc', '/docs/errors'])(
    '%s runs no inline script and is kept to our own files',
    async (path) => {
      const response = await fetch(url + path);
      const text = await response.text();
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toMatch(/unsafe|\*/);
      expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|<style|\sstyle=|javascript:/i);
      for (const [, file = ''] of text.matchAll(/(?:src|href)="(\/[^"#]*)"/g)) {
        const linked = await fetch(url + file);
        await linked.arrayBuffer();
        expect([file, linked.status]).toEqual([file, 200]);
      }
    },
  );

  it('serve nothing else of the package', async () => {
    const paths = [
      '/docs/index.html',
      '/docs/swagger-ui-bundle.js.map',
      '/docs/package.json',
      '/docs/..%2f..%2fpackage.json',
    ];
    const answers = await Promise.all(paths.map(async (path) => (await fetch(url + path)).status));
    expect(answers).toEqual([404, 404, 404, 404]);
  });

  it('explain every error code at the address problem documents name', async () => {
    const text = await (await fetch(`${url}/docs/errors`)).text();
    for (const code of Object.keys(ERROR_CODES)) expect(text).toContain(`id="${code.toLowerCase()}"`);
  });

  it('show every operation on the reading page', async () => {
    const text = await (await fetch(`${url}/redoc`)).text();
    for (const { operationId } of operations) expect(text).toContain(`id="${operationId}"`);
  });

  it('are not there when they are switched off', async () => {
    const off = await stack.gateway({ DOCS_ENABLED: 'false' });
    const answers = await Promise.all(
      ['/docs', '/redoc', '/openapi.json'].map(async (path) => (await fetch(off + path)).status),
    );
    expect(answers).toEqual([404, 404, 404]);
  });
});

/** Objects of theirs hold what browsers add; lines of an import are refused one by one, by the service. */
const OPEN_INSIDE = ['registerPasskey', 'signInWithPasskey', 'importUsers'];

/**
 * The example with one member more in each of its objects, one at a time. As text: in an object literal `__proto__`
 * would set the prototype instead.
 */
function slippedIn(name: string, { operationId, bodyExample }: OperationSpec): string[] {
  const text = JSON.stringify(bodyExample ?? {});
  const bodies = [...text.matchAll(/\{/g)].map(({ index }) => {
    const rest = text.slice(index + 1);
    return `${text.slice(0, index + 1)}"${name}":"admin"${rest.startsWith('}') ? '' : ','}${rest}`;
  });
  return OPEN_INSIDE.includes(operationId) ? bodies.slice(0, 1) : bodies;
}
