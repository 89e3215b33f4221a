import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { APP_VERSION } from '#platform';
import { gatewayControllers } from '../controllers.js';
import { operationsOf } from '../http/endpoint.js';
import { sendBytes } from '../http/reply.js';
import { buildDocument, type OpenApiDocument, printDocument } from './document.js';
import { errorsPage, PAGE_CSS, readingPage, SWAGGER_PAGE, SWAGGER_START } from './reading-page.js';

/** Scripts and styles only from here, none inline; Swagger UI brings icons as data. */
const PAGE_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const HTML = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

/** Of the package only these; everything else in it stays unserved. */
const SWAGGER_FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': STYLE,
  'swagger-ui-bundle.js': SCRIPT,
  'favicon-32x32.png': 'image/png',
};

/** /openapi.json, /docs, /docs/errors and /redoc. */
@Injectable()
export class DocsPages {
  private cached: OpenApiDocument | undefined;

  constructor(@Inject(APP_VERSION) private readonly version: string) {}

  install(server: FastifyInstance): void {
    const assets: [path: string, contentType: string, content: () => Promise<Buffer> | string][] = [
      ['/openapi.json', 'application/json; charset=utf-8', () => printDocument(this.document())],
      ['/docs', HTML, () => SWAGGER_PAGE],
      ['/docs/', HTML, () => SWAGGER_PAGE],
      ['/docs/start.js', SCRIPT, () => SWAGGER_START],
      ['/docs/page.css', STYLE, () => PAGE_CSS],
      ['/docs/errors', HTML, () => errorsPage()],
      ['/redoc', HTML, () => readingPage(this.document())],
      ...Object.entries(SWAGGER_FILES).map(([name, type]): [string, string, () => Promise<Buffer>] => [
        `/docs/${name}`,
        type,
        () => readFile(join(swaggerFolder(), name)),
      ]),
    ];
    for (const [path, contentType, content] of assets) {
      let bytes: Promise<Buffer> | undefined;
      server.get(path, { config: { asset: true } }, async (request, reply) => {
        bytes ??= Promise.resolve(content()).then((made) => Buffer.from(made));
        reply.header('content-security-policy', PAGE_CSP).header('cache-control', 'public, max-age=300');
        await sendBytes({ etag: true }, request, reply, await bytes, contentType);
        return reply;
      });
    }
  }

  private document(): OpenApiDocument {
    this.cached ??= buildDocument(operationsOf(gatewayControllers), this.version);
    return this.cached;
  }
}

const swaggerFolder = (): string => dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
