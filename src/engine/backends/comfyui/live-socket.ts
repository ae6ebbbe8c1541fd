import type { RawData, WebSocket } from 'ws';
import { addressOf } from '../server-address.js';
import type { ComfyUiLog, ComfyUiTimings } from './comfyui-options.js';
import { type Frame, readBinaryFrame, readTextFrame } from './frames.js';

export interface LiveSocketOptions {
  readonly url: string;
  readonly clientId: string;
  /** Whether the client id had a socket before, of a process that is gone. */
  readonly isTakenOver: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly WebSocket: typeof WebSocket;
  readonly timings: ComfyUiTimings;
  readonly log: ComfyUiLog;
  readonly onFrame: (frame: Frame) => void;
}

/** A run's own socket. It tells how far the run is; nothing depends on it. */
export interface LiveSocket {
  /** Resolves once the socket is open for the first time, or closed for good. */
  readonly opened: Promise<void>;
  /** Opens it anew. */
  renew(): void;
  /** Whether this is not the first connection under the client id. */
  readonly isReconnected: boolean;
  close(): void;
}

const maxFrameBytes = 16 * 1024 * 1024;
const maxReconnectMs = 5_000;

/**
 * Each run has a client id of its own. A reconnection keeps it, for the server sends a run's frames
 * only to the id that submitted it. The server forgets an id when an older socket of that id closes
 * late (aiohttp's handler pops the id, whoever holds it by then): so the old socket is gone on our
 * side before the next opens, and the watch renews one that stays deaf.
 */
export function openLiveSocket(options: LiveSocketOptions): LiveSocket {
  const { clientId, headers, timings, log, onFrame } = options;
  const address = addressOf(options.url, `/ws?clientId=${encodeURIComponent(clientId)}`);
  const socketUrl = address.replace(/^http/i, 'ws');
  let socket: WebSocket | undefined;
  let connections = options.isTakenOver ? 1 : 0;
  let isClosed = false;
  let reconnectMs = timings.reconnectMs;
  let reconnectTimer: NodeJS.Timeout | undefined;
  let settleOpened: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    settleOpened = resolve;
  });

  function connect(): void {
    const current = new options.WebSocket(socketUrl, {
      headers,
      maxPayload: maxFrameBytes,
      handshakeTimeout: timings.callMs,
      perMessageDeflate: false,
    });
    socket = current;
    const keepAlive = keepAliveOf(current, timings.keepAliveMs);
    current.on('open', () => {
      connections++;
      reconnectMs = timings.reconnectMs;
      // Must be the first text frame of every connection; without it previews come as type 1.
      const data = { supports_preview_metadata: true };
      current.send(JSON.stringify({ type: 'feature_flags', data }));
      settleOpened();
    });
    current.on('message', (data, isBinary) => {
      if (current !== socket || isClosed) return;
      try {
        const frame = isBinary ? readBinaryFrame(bufferOf(data)) : readTextFrame(String(data));
        if (frame !== undefined) onFrame(frame);
      } catch (error) {
        log.warn({ error }, 'a frame of ComfyUI could not be passed on');
      }
    });
    // `close` always follows, and decides what happens next.
    current.on('error', (error) => log.debug({ error: error.message }, 'ComfyUI socket failed'));
    current.on('close', () => {
      keepAlive.stop();
      if (current === socket) reconnectLater();
    });
  }

  function reconnectLater(): void {
    if (isClosed) return;
    clearTimeout(reconnectTimer);
    reconnectTimer = setTimeout(connect, reconnectMs);
    reconnectMs = Math.min(maxReconnectMs, reconnectMs * 2);
  }

  connect();
  return {
    opened,
    get isReconnected() {
      return connections > 1;
    },
    renew() {
      socket?.terminate();
    },
    close() {
      isClosed = true;
      clearTimeout(reconnectTimer);
      settleOpened();
      socket?.terminate();
    },
  };
}

/** A peer that vanished without a word is noticed only by asking. */
function keepAliveOf(socket: WebSocket, everyMs: number): { stop(): void } {
  let isAlive = true;
  const timer = setInterval(() => {
    if (socket.readyState !== socket.OPEN) return;
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, everyMs);
  socket.on('pong', () => {
    isAlive = true;
  });
  socket.on('message', () => {
    isAlive = true;
  });
  return { stop: () => clearInterval(timer) };
}

function bufferOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
