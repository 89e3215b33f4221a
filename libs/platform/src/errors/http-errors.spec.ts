import { ERROR_CODES } from '#contracts';
import { AppError, conflict, ERROR_KINDS, invalid, notFound, unauthenticated } from '#kernel';
import { describe, expect, it } from '@jest/globals';
import { SETTING_PROBLEMS } from '../config/index.js';
import { errorsDocument } from './errors-document.js';
import { HTTP_OF_KIND, problemBody, publicErrorBody, retryAfterSeconds, statusOf } from './http-errors.js';

describe('public errors', () => {
  it.each(ERROR_KINDS)('the kind %s has the status of its own code', (kind) => {
    const { status, code } = HTTP_OF_KIND[kind];
    expect(ERROR_CODES[code].status).toBe(status);
    expect(statusOf(new AppError({ code: 'NOT_ON_THE_LIST', kind, message: 'x' }))).toBe(status);
  });

  it('answers code, message, wrong fields and request id', () => {
    const error = invalid([{ field: 'links.0.url', message: 'must be at most 2048 characters' }]);
    expect(publicErrorBody(error, 'r-1')).toEqual({
      error: {
        code: 'VALIDATION_ERROR',
        message: 'Some fields are not valid.',
        details: [{ field: 'links.0.url', message: 'must be at most 2048 characters' }],
        request_id: 'r-1',
      },
    });
  });

  it('adds what an error has to say beyond, but nothing that hides its own members', () => {
    const error = conflict('ILLEGAL_TRANSITION', 'no', { legal_transitions: ['applied'], code: 'X', request_id: 'X' });
    expect(publicErrorBody(error, 'r-1').error).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      legal_transitions: ['applied'],
      request_id: 'r-1',
    });
  });

  it('shows nothing of a defect', () => {
    const secret = 'connection to 10.0.0.7 refused';
    const thrown = [
      new Error(secret),
      secret,
      new AppError({ code: 'X', kind: 'internal', message: secret, details: [{ field: 'a', message: secret }] }),
    ];
    for (const each of thrown) {
      expect(JSON.stringify([publicErrorBody(each, 'r'), problemBody(each, 'r')])).not.toContain(secret);
      expect(statusOf(each)).toBe(500);
    }
  });

  it('lets only codes of the closed list out', () => {
    const inner = new AppError({ code: 'PG_57P01', kind: 'unavailable', message: 'later' });
    expect(publicErrorBody(inner, 'r').error.code).toBe('SERVICE_UNAVAILABLE');
  });

  it('gives a problem document that links to the explanation of the code', () => {
    expect(problemBody(notFound('The job'), 'r-1', 'https://docs.example/errors')).toEqual({
      type: 'https://docs.example/errors#not_found',
      title: ERROR_CODES.NOT_FOUND.cause,
      status: 404,
      detail: 'The job was not found.',
      code: 'NOT_FOUND',
      errors: [],
      request_id: 'r-1',
    });
  });

  it('asks to come back only where that can help, in whole seconds', () => {
    const limited = new AppError({ code: 'RATE_LIMITED', kind: 'rate-limited', message: 'x', retryAfterMs: 1200 });
    expect(retryAfterSeconds(limited)).toBe(2);
    expect(retryAfterSeconds(new AppError({ code: 'X', kind: 'unavailable', message: 'x' }))).toBe(1);
    expect(retryAfterSeconds(unauthenticated())).toBeUndefined();
  });
});

describe('errorsDocument', () => {
  it('explains every code of the API and of the start, each under its anchor', () => {
    const text = errorsDocument();
    for (const code of [...Object.keys(ERROR_CODES), ...Object.keys(SETTING_PROBLEMS)]) {
      expect(text.split('\n')).toContain(`## ${code}`);
    }
  });

  it('says in every entry why it happens and what to do', () => {
    for (const { cause, fix, status } of Object.values(ERROR_CODES)) {
      expect(cause).toMatch(/^.{15,}\.$/s);
      expect(fix).toMatch(/^.{10,}\.$/s);
      expect(status).toBeGreaterThanOrEqual(400);
    }
  });
});
