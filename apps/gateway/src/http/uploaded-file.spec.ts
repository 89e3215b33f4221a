import { describe, expect, it } from '@jest/globals';
import { uploadedFile } from './uploaded-file.js';

const part = (name: string, content: string, fileName?: string): string =>
  `--B\r\nContent-Disposition: form-data; name="${name}"${fileName === undefined ? '' : `; filename="${fileName}"`}\r\n\r\n${content}\r\n`;
const form = (body: string | Buffer, contentType = 'multipart/form-data; boundary=B') => ({
  bytes: Buffer.from(body),
  mediaType: 'multipart/form-data',
  headers: { 'content-type': contentType },
});
const failure = async (body: Parameters<typeof uploadedFile>[0]): Promise<unknown> => {
  const [outcome] = await Promise.allSettled([uploadedFile(body, 'file', 1_000_000)]);
  return outcome?.status === 'rejected' ? outcome.reason : undefined;
};

describe('an uploaded file', () => {
  it('is the body as it came, whatever it is', async () => {
    const bytes = Buffer.from([0xff, 0, 0x2d, 0x2d]);
    expect(await uploadedFile({ bytes, mediaType: 'image/png', headers: {} }, 'file', 1_000_000)).toEqual(bytes);
  });

  it('is the one part of a form, byte for byte', async () => {
    const bytes = Buffer.from([0, 0xff, 13, 10, 0x2d, 0x2d, 13, 10, 0]);
    const [head, tail] = [part('file', '', '../../x.png').slice(0, -2), '\r\n--B--\r\n'];
    const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(tail)]);
    expect(Buffer.from(await uploadedFile(form(body), 'file', 1_000_000))).toEqual(bytes);
    expect(Buffer.from(await uploadedFile(form(body, 'multipart/form-data; boundary="B"'), 'file', 1_000_000))).toEqual(
      bytes,
    );
  });

  it.each([
    ['two files', part('file', 'a', 'a') + part('file', 'b', 'b')],
    ['a field beside it', part('file', 'a', 'a') + part('user_id', '1')],
    ['a field of another name', part('picture', 'a', 'a')],
    ['a text where the file should be', part('file', 'a')],
    ['60,000 parts', part('file', 'a', 'a').repeat(60_000)],
    ['nothing', ''],
  ])('is refused naming the part: %s', async (_what, parts) => {
    expect(await failure(form(`${parts}--B--\r\n`))).toMatchObject({ kind: 'invalid', details: [{ field: 'file' }] });
  });

  it('is refused when it is larger than allowed, without the form around it', async () => {
    const body = form(`${part('file', '12345', 'a')}--B--\r\n`);
    await expect(uploadedFile(body, 'file', 5)).resolves.toHaveLength(5);
    await expect(uploadedFile(body, 'file', 4)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });

  it.each([
    ['cut short', form(part('file', 'a', 'a'))],
    ['without a boundary', form(`${part('file', 'a', 'a')}--B--`, 'multipart/form-data')],
    ['with the boundary of another', form(`${part('file', 'a', 'a')}--B--`, 'multipart/form-data; boundary=C')],
    ['no form at all', form('hello')],
    ['empty', form('')],
  ])('cannot be read when the form is %s', async (_what, body) => {
    expect(await failure(body)).toMatchObject({ kind: 'malformed', code: 'MALFORMED_REQUEST' });
  });
});
