import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LinkedImages } from './linked-images.js';
import type { Metrics } from './metrics.js';

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * `GET /health`: 200 while the record answers, else 503. `GET /metrics`: Prometheus' text format, 503
 * where it cannot be made. Signed links to images, where there are any. Everything else is 404.
 */
export async function startHealthServer(
  port: number,
  checkRecord: () => Promise<void>,
  metrics: Pick<Metrics, 'contentType' | 'text'>,
  images?: LinkedImages,
): Promise<HealthServer> {
  const server = createServer(async (request, response) => {
    if (request.method === 'GET' && request.url === '/metrics') {
      const text = await metrics.text().catch(() => undefined);
      if (text === undefined) response.writeHead(503).end();
      else response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
      return;
    }
    if (await images?.answer(request, response)) return;
    if (request.method !== 'GET' || request.url !== '/health') {
      response.writeHead(404).end();
      return;
    }
    const healthy = await checkRecord().then(
      () => true,
      () => false,
    );
    response.writeHead(healthy ? 200 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ record: healthy ? 'ok' : 'away' }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
