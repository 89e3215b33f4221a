export type FailureReason =
  | 'timeout'
  | 'connection'
  | 'server-error'
  | 'refused'
  | 'too-large'
  | 'bad-content'
  | 'too-many-redirects'
  | 'url-refused'
  | 'circuit-open'
  | 'queue-full'
  | 'aborted';

/** What came of a call, as a value: a site that is down or says no is not an exception for the one who asked. */
export type OutboundOutcome =
  | {
      kind: 'ok';
      status: number;
      body: Buffer;
      /** Media type without parameters, lower case. */
      contentType?: string;
      charset?: string;
      etag?: string;
      lastModified?: string;
      headers: Readonly<Record<string, string>>;
      /** After redirects. */
      url: string;
    }
  /** The conditional request found nothing new. */
  | { kind: 'not-modified'; url: string }
  /** The site does not want us (401, 403, 451, 999) or not now (429). Nothing is sent to the host before `until`. */
  | { kind: 'blocked'; status: number; until?: Date; detail?: string }
  /** 404 and 410. */
  | { kind: 'not-found'; status: number }
  | {
      kind: 'failed';
      reason: FailureReason;
      status?: number;
      /** A later call may succeed without a change. */
      retryable: boolean;
      /** First characters of an answer we could not use, for the log of the caller's choice; may hold personal data. */
      detail?: string;
    };

export const failed = (
  reason: FailureReason,
  { status, detail }: { status?: number; detail?: string } = {},
): Extract<OutboundOutcome, { kind: 'failed' }> => ({
  kind: 'failed',
  reason,
  status,
  retryable: RETRYABLE.has(reason),
  detail,
});

const RETRYABLE: ReadonlySet<FailureReason> = new Set([
  'timeout',
  'connection',
  'server-error',
  'circuit-open',
  'queue-full',
]);
