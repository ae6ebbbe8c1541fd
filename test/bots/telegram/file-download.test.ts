import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fileAttachment } from '../../../src/bots/telegram/file-download.js';
import { createTelegramApi } from '../../../src/bots/telegram/telegram-api.js';

const token = '7700000001:a-canary-that-no-error-may-show';

describe('files that people send to the Telegram bot', () => {
  let servers: Server[] = [];

  afterEach(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    servers = [];
  });

  /** A Bot API whose only file lies at `filePath` and is served by `listener`. */
  const serve = async (filePath: string | undefined, listener: RequestListener) => {
    const server = createServer((request, response) => {
      if (!request.url?.endsWith('/getFile')) return listener(request, response);
      const result = {
        file_id: 'f',
        file_unique_id: 'u',
        ...(filePath && { file_path: filePath }),
      };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ok: true, result }));
    });
    servers.push(server.listen(0, '127.0.0.1'));
    await new Promise((resolve) => server.once('listening', resolve));
    const apiRoot = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return fileAttachment(
      { api: createTelegramApi({ token, apiRoot }), token, apiRoot, fetch },
      { fileId: 'f', name: 'cat.png', byteLength: null, width: null, height: null },
    );
  };

  const problemOf = async (fetching: Promise<unknown>) => {
    const error = await fetching.then(
      () => new Error('It was fetched'),
      (thrown: Error) => thrown,
    );
    const cause = error.cause instanceof Error ? `${error.cause.stack}` : '';
    expect(`${error.stack} ${cause} ${JSON.stringify(error)}`).not.toContain('canary');
    return error;
  };

  it('are fetched from the address that holds them', async () => {
    const urls: (string | undefined)[] = [];
    const attachment = await serve('photos/file 1.png', ({ url }, response) => {
      urls.push(url);
      response.end('bytes');
    });
    expect(Buffer.from(await attachment.fetch(100)).toString()).toBe('bytes');
    expect(urls).toEqual([`/file/bot${token}/photos/file%201.png`]);
  });

  it('are not fetched over the limit, whatever their length is said to be', async () => {
    const attachment = await serve('a.png', (_request, response) => {
      response.write('x'.repeat(60));
      response.end('x'.repeat(60));
    });
    expect(await problemOf(attachment.fetch(100))).toMatchObject({ problem: 'too-large' });
  });

  it('are not fetched from where a redirect leads', async () => {
    const attachment = await serve('a.png', (_request, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    });
    expect(await problemOf(attachment.fetch(100))).toMatchObject({ problem: 'foreign-host' });
  });

  it.each([['../../../etc/passwd'], [undefined]])('are not looked for at %s', async (path) => {
    const attachment = await serve(path, (_request, response) => response.end('secret'));
    expect(await problemOf(attachment.fetch(100))).toMatchObject({ problem: 'foreign-host' });
  });

  it('stay inside their folder also when their path is an address', async () => {
    const urls: (string | undefined)[] = [];
    const attachment = await serve('http://example.org/x', ({ url }, response) => {
      urls.push(url);
      response.writeHead(404).end();
    });
    expect(await problemOf(attachment.fetch(100))).toMatchObject({ problem: 'unavailable' });
    expect(urls).toEqual([`/file/bot${token}/http%3A//example.org/x`]);
  });

  it('are unavailable when the connection breaks in the middle', async () => {
    const attachment = await serve('a.png', (_request, response) => {
      response.writeHead(200, { 'content-length': '50' });
      response.write('x'.repeat(10), () => response.destroy());
    });
    expect(await problemOf(attachment.fetch(100))).toMatchObject({ problem: 'unavailable' });
  });
});
