import { describe, expect, it } from 'vitest';
import { MultipartError, parseMultipart } from '../../../src/playground/telegram/multipart.js';

const contentType = 'multipart/form-data; boundary=xyz';
const form = (...lines: string[]) => Buffer.from(lines.join('\r\n'));

describe('a multipart form', () => {
  it('is read with and without quotes and spaces, and keeps bytes as they are', () => {
    const body = form(
      '--xyz',
      'Content-Disposition: form-data; name="chat_id"',
      '',
      '7',
      '--xyz',
      'content-disposition:form-data;name="photo";filename=fox.png',
      'content-type:application/octet-stream',
      '',
      'a\r\nb--xyz',
      '--xyz--',
      '',
    );
    expect(parseMultipart(body, contentType)).toEqual([
      { name: 'chat_id', bytes: Buffer.from('7') },
      {
        name: 'photo',
        fileName: 'fox.png',
        mediaType: 'application/octet-stream',
        bytes: Buffer.from('a\r\nb--xyz'),
      },
    ]);
  });

  it.each([
    ['no boundary', form('--xyz--'), 'multipart/form-data'],
    ['a boundary that does not occur', form('--abc--'), contentType],
    ['an end within a part', form('--xyz', 'a: b', '', 'c'), contentType],
    ['a part without a name', form('--xyz', 'a: b', '', 'c', '--xyz--'), contentType],
  ])('is refused with %s', (_, body, type) => {
    expect(() => parseMultipart(body, type)).toThrow(MultipartError);
  });
});
