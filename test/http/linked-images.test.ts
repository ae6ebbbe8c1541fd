import { afterEach, expect, it } from 'vitest';
import { createImageLinks } from '../../src/engine/images/image-links.js';
import { EngineError } from '../../src/engine/index.js';
import { type HealthServer, startHealthServer } from '../../src/http/health.js';
import { createLinkedImages } from '../../src/http/linked-images.js';

let server: HealthServer;
afterEach(() => server.close());

const bytes = new TextEncoder().encode('pixels');

async function open(readImage = async () => ({ bytes, mediaType: 'image/png' })) {
  const publicUrl = 'http://easel.example';
  const links = createImageLinks({
    publicUrl,
    secret: 'sixteen characters',
    now: () => new Date(),
  });
  const images = createLinkedImages({ engine: { readImage }, links });
  const metrics = { contentType: 'text/plain', text: async () => '' };
  server = await startHealthServer(0, async () => undefined, metrics, images);
  const get = (path: string, method = 'GET') =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  return { get, path: new URL(links.linkTo('abc')).pathname };
}

it('serves an image to whoever has its link, and lets nobody else keep it', async () => {
  const { get, path } = await open();
  const response = await get(path);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('image/png');
  expect(response.headers.get('cache-control')).toMatch(/^private/);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await response.text()).toBe('pixels');
  const head = await get(path, 'HEAD');
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '6']);
});

it('says 404 to a link that was never signed, and reads nothing', async () => {
  let reads = 0;
  const { get, path } = await open(async () => {
    reads += 1;
    return { bytes, mediaType: 'image/png' };
  });
  const forged = path.replace('/abc/', '/xyz/');
  for (const wrong of [forged, '/images/../../etc/passwd', '/images/abc', `${path}/`]) {
    expect((await get(wrong)).status, wrong).toBe(404);
  }
  expect((await get(path, 'POST')).status).toBe(404);
  expect(reads).toBe(0);
});

it('says 404 when the image is gone, and 503 when it cannot be read for now', async () => {
  const gone = await open(async () => {
    throw new EngineError({ kind: 'images-gone', id: 'abc' });
  });
  expect((await gone.get(gone.path)).status).toBe(404);
  await server.close();
  const away = await open(async () => {
    throw new Error('the disk is away');
  });
  expect((await away.get(away.path)).status).toBe(503);
});
