import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { discordAttachment } from '../../../src/bots/discord/attachments.js';
import { createFileHosts } from '../../../src/bots/discord/file-hosts.js';

it('connects to the address that was checked, though the name leads elsewhere the next time', async () => {
  const server = createServer((_request, response) => response.end('pixels'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const answers = [['127.0.0.1'], ['192.0.2.1']];
  // A name that no name server knows: only the answer that was checked leads anywhere.
  const hosts = createFileHosts({
    hosts: [`files.invalid:${port}`],
    allowHttp: true,
    lookup: async () => answers.shift() ?? [],
  });
  const url = `http://files.invalid:${port}/fox.png`;
  const file = { id: '1', filename: 'fox.png', size: 6, url, proxy_url: url };
  try {
    const bytes = await discordAttachment({ hosts }, file).fetch(100);
    expect(Buffer.from(bytes).toString()).toBe('pixels');
    expect(answers).toEqual([['192.0.2.1']]);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

it('follows no redirect', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const hosts = createFileHosts({ hosts: [`127.0.0.1:${port}`], allowHttp: true });
  const url = `http://127.0.0.1:${port}/fox.png`;
  const file = { id: '1', filename: 'fox.png', size: 6, url, proxy_url: url };
  try {
    await expect(discordAttachment({ hosts }, file).fetch(100)).rejects.toMatchObject({
      problem: 'unavailable',
    });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
