import type { Readable } from 'node:stream';

export interface CookieToSet {
  name: string;
  value: string;
  path: string;
  /** Seconds; 0 deletes the cookie. */
  maxAge: number;
}

/** What a handler returns when the answer is more than JSON with the declared status. */
export class Answer {
  private constructor(
    readonly body: Uint8Array | string | Readable | undefined,
    readonly options: {
      status?: number;
      contentType?: string;
      headers?: Readonly<Record<string, string>>;
      cookies?: readonly CookieToSet[];
    },
  ) {}

  /** JSON with another status, more headers or cookies than the declaration says, e.g. 202 with `Location`. */
  static json(
    body: Uint8Array | string,
    options: { status?: number; headers?: Record<string, string>; cookies?: readonly CookieToSet[] } = {},
  ): Answer {
    return new Answer(body, { ...options, contentType: 'application/json; charset=utf-8' });
  }

  static redirect(location: string, cookies: readonly CookieToSet[] = []): Answer {
    return new Answer(undefined, { status: 302, headers: { location, 'referrer-policy': 'no-referrer' }, cookies });
  }

  /** A download. The name is sent both as ASCII and as UTF-8 (RFC 6266). */
  static file(body: Uint8Array | Readable, contentType: string, fileName: string): Answer {
    const ascii = fileName.replace(/[^\w.-]+/g, '_');
    const disposition = `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(fileName)}`;
    return new Answer(body, { contentType, headers: { 'content-disposition': disposition } });
  }

  /** Text shown in place, e.g. a calendar or a feed. */
  static text(body: string | Uint8Array, contentType: string): Answer {
    return new Answer(body, { contentType });
  }

  /** A picture of our own making, which pages of other sites may show. */
  static picture(body: Uint8Array, contentType: string): Answer {
    return new Answer(body, { contentType, headers: { 'cross-origin-resource-policy': 'cross-origin' } });
  }

  /** Server-sent events; the stream carries the finished frames. */
  static events(frames: Readable): Answer {
    return new Answer(frames, {
      contentType: 'text/event-stream; charset=utf-8',
      // A proxy that buffers would make a stream look like a hang.
      headers: { 'x-accel-buffering': 'no' },
    });
  }
}
