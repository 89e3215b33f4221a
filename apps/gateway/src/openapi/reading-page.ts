import { ERROR_CODES } from '#contracts';
import type { OpenApiDocument } from './document.js';
import { type Html, html } from './html.js';

type Json = Record<string, unknown>;

/** The whole API as one page to read, print and search in; no script. */
export function readingPage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation: asObject(operation) })),
  );
  const groups = document.tags.map(({ name, description }) => ({
    name: String(name),
    description: String(description),
    operations: operations.filter(({ operation }) => asList(operation.tags).includes(name)),
  }));
  return page(
    String(document.info.title),
    html`<nav>
        <h1>${String(document.info.title)}</h1>
        <p>
          Version ${String(document.info.version)}. <a href="/docs">Try it</a>, <a href="/docs/errors">errors</a>,
          <a href="/openapi.json">openapi.json</a>.
        </p>
        ${groups.map(
          (group) =>
            html`<h2><a href="#${slug(group.name)}">${group.name}</a></h2>
              <ul>
                ${group.operations.map(
                  ({ operation }) =>
                    html`<li><a href="#${text(operation.operationId)}">${text(operation.summary)}</a></li>`,
                )}
              </ul>`,
        )}
      </nav>
      <main>
        <p>${String(document.info.description)}</p>
        ${groups.map(
          (group) =>
            html`<h2 id="${slug(group.name)}">${group.name}</h2>
              <p>${group.description}</p>
              ${group.operations.map(({ path, method, operation }) => section(document, path, method, operation))}`,
        )}
      </main>`,
  );
}

/** What every public error code means and what to do. */
export function errorsPage(): string {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { status, cause, fix, retryable }]) =>
      html`<tr id="${code.toLowerCase()}">
        <td><code>${code}</code></td>
        <td>${status}</td>
        <td>${cause}</td>
        <td>${fix}${retryable ? ' The same request may succeed later.' : ''}</td>
      </tr>`,
  );
  return page(
    'Errors',
    html`<main>
      <h1>Errors</h1>
      <p>Every error answer names one of these codes. Quote its <code>request_id</code> when you report one.</p>
      <table>
        <thead>
          <tr>
            <th>code</th>
            <th>status</th>
            <th>why</th>
            <th>what to do</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </main>`,
  );
}

function section(document: OpenApiDocument, path: string, method: string, operation: Json): Html {
  const parameters = asList(operation.parameters).map(asObject);
  const body = contentOf(document, operation.requestBody);
  const responses = Object.entries(asObject(operation.responses));
  return html`<section id="${text(operation.operationId)}">
    <h3>${text(operation.summary)}</h3>
    <p><code class="method">${method.toUpperCase()}</code> <code>${path}</code></p>
    ${paragraphs(text(operation.description))}
    ${
      parameters.length === 0
        ? undefined
        : html`<h4>Parameters</h4>
            <table>
              <thead>
                <tr>
                  <th>name</th>
                  <th>in</th>
                  <th>type</th>
                  <th></th>
                </tr>
              </thead>
              <tbody>
                ${parameters.map(
                  (each) =>
                    html`<tr>
                      <td><code>${text(each.name)}</code>${each.required === true ? ' *' : ''}</td>
                      <td>${text(each.in)}</td>
                      <td>${typeOf(asObject(each.schema))}</td>
                      <td>${text(each.description)}</td>
                    </tr>`,
                )}
              </tbody>
            </table>`
    }
    ${
      body === undefined
        ? undefined
        : html`<h4>Body</h4>
            ${body}`
    }
    <h4>Answers</h4>
    ${responses.map(([status, response]) => answer(document, status, response))}
  </section>`;
}

function answer(document: OpenApiDocument, status: string, response: unknown): Html {
  const { description } = resolve(document, response);
  // Errors have one shape; their causes are enough here.
  const content = status.startsWith('2') ? contentOf(document, response) : undefined;
  return html`<details>
    <summary><code>${status}</code> ${text(description).split('\n')[0]}</summary>
    ${paragraphs(text(description))}${content}
  </details>`;
}

function contentOf(document: OpenApiDocument, holder: unknown): Html | undefined {
  if (holder === undefined) return undefined;
  const media = Object.entries(asObject(resolve(document, holder).content));
  return html`${media.map(([type, value]) => {
    const { schema, example } = asObject(value);
    return html`<p><code>${type}</code></p>
      ${example === undefined ? undefined : html`<pre>${JSON.stringify(example, null, 2)}</pre>`}
      <details>
        <summary>Schema</summary>
        <pre>${JSON.stringify(resolve(document, schema), null, 2)}</pre>
      </details>`;
  })}`;
}

/** Follows one `$ref` into the components. */
function resolve(document: OpenApiDocument, value: unknown): Json {
  const object = asObject(value);
  if (typeof object.$ref !== 'string') return object;
  return object.$ref
    .split('/')
    .slice(1)
    .reduce<Json>((at, name) => asObject(at[name]), { ...document });
}

function typeOf(schema: Json): string {
  const values = asList(schema.enum);
  if (values.length > 0) return values.map(String).join(' | ');
  const branches = asList(schema.anyOf);
  if (branches.length > 0) return branches.map((branch) => typeOf(asObject(branch))).join(' | ');
  if (schema.type === 'array') return `list of ${typeOf(asObject(schema.items))}`;
  const bounds = ['minimum', 'maximum', 'minLength', 'maxLength', 'default']
    .filter((name) => schema[name] !== undefined)
    .map((name) => `${name} ${String(schema[name])}`);
  return [text(schema.format) || text(schema.type), ...bounds].join(', ');
}

const paragraphs = (value: string): Html => html`${value.split('\n\n').map((paragraph) => html`<p>${paragraph}</p>`)}`;
const slug = (name: string): string => `tag-${name.toLowerCase().replaceAll(' ', '-')}`;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? { ...value } : {});

const page = (title: string, body: Html): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="stylesheet" href="/docs/page.css" />
      </head>
      <body>
        ${body}
      </body>
    </html>`.text;

export const PAGE_CSS = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:76rem;padding:1rem;display:grid;gap:2rem}
@media(min-width:60rem){body:has(nav){grid-template-columns:18rem minmax(0,1fr)}nav{position:sticky;top:0;max-height:100vh;overflow:auto}}
nav ul{list-style:none;padding:0;margin:0 0 1rem}nav h2{font-size:1rem;margin:.5rem 0 0}
section{border-top:1px solid #8888;padding:1rem 0}h4{margin:.75rem 0 .25rem}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #8884;padding:.25rem .5rem;text-align:left;vertical-align:top}
pre{background:#8882;padding:.75rem;overflow:auto;border-radius:.25rem}code{font-family:ui-monospace,monospace}
.method{font-weight:600}a{color:inherit}:focus-visible{outline:2px solid}
`;

export const SWAGGER_PAGE = html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>Career Copilot API</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <link rel="stylesheet" href="/docs/swagger-ui.css" />
      <link rel="icon" type="image/png" href="/docs/favicon-32x32.png" />
    </head>
    <body>
      <noscript
        ><p>This page needs JavaScript; <a href="/redoc">the reading page</a> does not.</p></noscript
      >
      <div id="swagger-ui"></div>
      <script src="/docs/swagger-ui-bundle.js"></script>
      <script src="/docs/start.js"></script>
    </body>
  </html>`.text;

export const SWAGGER_START = `window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true });\n`;
