import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** The same address with the proxy in place of its host. */
  through(url: string): string;
  /** Milliseconds that every piece of data is late, each way. 0 ends it. */
  delay(milliseconds: number): void;
  /** Bytes a second of each connection, each way. */
  slow(bytesPerSecond: number): void;
  /** Connections break now, as if a machine between them was switched off. */
  reset(): void;
  /** One in so many pieces of data breaks its connection. `random` makes a seeded run repeatable. */
  resetOften(share: number, random?: () => number): void;
  /** Connections stand, and nothing passes: a cable is out. */
  cut(): void;
  /** New connections are refused, old ones broken. */
  refuse(): void;
  /** All is well again. What was cut off meanwhile is lost, with its connections. */
  heal(): void;
  close(): Promise<void>;
}

interface Weather {
  delayMs: number;
  bytesPerSecond: number;
  resetShare: number;
  random: () => number;
  isCut: boolean;
  isRefusing: boolean;
}

const fair = (): Weather => ({
  delayMs: 0,
  bytesPerSecond: Number.POSITIVE_INFINITY,
  resetShare: 0,
  random: Math.random,
  isCut: false,
  isRefusing: false,
});

/** Stands between Easel and a service, and makes the network between them as bad as a test wants. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port: targetPort } = new URL(target);
  const pairs = new Set<readonly [Socket, Socket]>();
  let weather = fair();

  const breakAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
  };

  const server = createServer((client) => {
    if (weather.isRefusing) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const service = connect({ host: hostname, port: Number(targetPort) });
    const pair = [client, service] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    forward(client, service);
    forward(service, client);
  });

  /** In order, one piece after the other, each as late as the weather has it. */
  function forward(from: Socket, to: Socket): void {
    let last = Promise.resolve();
    from.on('data', (piece: Buffer) => {
      const { delayMs, bytesPerSecond, resetShare, random, isCut } = weather;
      if (isCut) return;
      if (resetShare > 0 && random() < resetShare) {
        from.resetAndDestroy();
        to.resetAndDestroy();
        return;
      }
      const leaveAt = performance.now() + delayMs;
      const transferMs = (piece.length / bytesPerSecond) * 1000;
      if (delayMs === 0 && transferMs === 0) {
        last = last.then(() => void to.write(piece));
        return;
      }
      from.pause();
      last = last.then(async () => {
        await sleep(Math.max(0, leaveAt - performance.now()) + transferMs);
        if (!to.destroyed) to.write(piece);
        from.resume();
      });
    });
    from.on('end', () => void last.then(() => to.end()));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    through(url) {
      const proxied = new URL(url);
      proxied.hostname = '127.0.0.1';
      proxied.port = String(port);
      return proxied.href.replace(/\/$/, url.endsWith('/') ? '/' : '');
    },
    delay(milliseconds) {
      weather.delayMs = milliseconds;
    },
    slow(bytesPerSecond) {
      weather.bytesPerSecond = bytesPerSecond;
    },
    reset: breakAll,
    resetOften(share, random = Math.random) {
      weather.resetShare = share;
      weather.random = random;
    },
    cut() {
      weather.isCut = true;
    },
    refuse() {
      weather.isRefusing = true;
      breakAll();
    },
    heal() {
      const { isCut } = weather;
      weather = fair();
      if (isCut) breakAll();
    },
    async close() {
      breakAll();
      server.close();
      await once(server, 'close');
    },
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
