import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { botAccountJson, joinedGuildJson } from '../wire.js';
import { isBotIn, type World } from '../world.js';
import { areIntentsValid, intents as intentBits, privilegedIntents } from './intents.js';
import { GatewaySession, opcodes } from './session.js';

type Json = Record<string, unknown>;

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes */
const closeCodes = {
  unknownOpcode: 4001,
  decodeError: 4002,
  notAuthenticated: 4003,
  authenticationFailed: 4004,
  alreadyAuthenticated: 4005,
  rateLimited: 4008,
  invalidShard: 4010,
  invalidApiVersion: 4012,
  invalidIntents: 4013,
  disallowedIntents: 4014,
} as const;

const heartbeatIntervalMs = 41_250;
const frameLimit = { count: 120, withinMs: 60_000 };

export interface Gateway {
  /** Sessions that live, connected or waiting to be resumed. */
  readonly sessionCount: number;
  readonly connectionCount: number;
  readonly identifyCount: number;
  readonly resumeCount: number;
  /** Cuts every connection without a word; the sessions can be resumed. */
  drop(): void;
  /** Asks every connection to come back, as Discord does before it restarts a server. */
  askToReconnect(): void;
  /** Forgets the sessions, so that the next RESUME is answered 'invalid session'. */
  forgetSessions(): void;
  close(): void;
}

export function createGateway(world: World, server: Server, allowedIntents: number): Gateway {
  const sockets = new WebSocketServer({ noServer: true });
  const sessions = new Map<string, GatewaySession>();
  const seen = { identify: 0, resume: 0 };

  world.dispatch = (event, data, scope) => {
    world.events.emit('dispatch', { name: event, data });
    for (const session of sessions.values()) if (session.hears(scope)) session.send(event, data);
  };

  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const query = new URL(request.url ?? '/', 'http://gateway').searchParams;
      if (query.get('v') !== '10') webSocket.close(closeCodes.invalidApiVersion);
      else if (query.get('encoding') !== 'json' || query.has('compress')) {
        webSocket.close(closeCodes.decodeError, 'This gateway speaks plain JSON');
      } else accept(webSocket);
    });
  });

  function accept(socket: WebSocket): void {
    const frames: number[] = [];
    send(socket, opcodes.hello, { heartbeat_interval: heartbeatIntervalMs });
    socket.on('message', (data) => {
      const now = world.clock.now();
      frames.push(now);
      while ((frames[0] ?? now) < now - frameLimit.withinMs) frames.shift();
      const isTooMany = frames.length > frameLimit.count;
      const closeCode = isTooMany ? closeCodes.rateLimited : receive(socket, data);
      if (closeCode !== undefined) socket.close(closeCode);
    });
    socket.on('close', (code) => {
      const session = sessionOn(socket);
      session?.detach();
      // A client that says goodbye ends its session; a connection that breaks does not.
      if (session && (code === 1000 || code === 1001)) sessions.delete(session.id);
    });
    socket.on('error', () => socket.terminate());
  }

  function sessionOn(socket: WebSocket): GatewaySession | undefined {
    return [...sessions.values()].find((session) => session.isOn(socket));
  }

  /** @returns the code to close the connection with, where the frame is refused */
  function receive(socket: WebSocket, data: RawData): number | undefined {
    const frame = readFrame(data);
    if (!frame) return closeCodes.decodeError;
    const body = (frame.d ?? {}) as Json;
    switch (frame.op) {
      case opcodes.heartbeat:
        send(socket, opcodes.heartbeatAck, undefined);
        return undefined;
      case opcodes.identify:
        return sessionOn(socket) ? closeCodes.alreadyAuthenticated : identify(socket, body);
      case opcodes.resume:
        return resume(socket, body);
      case opcodes.presenceUpdate:
      case opcodes.voiceStateUpdate:
      case opcodes.requestSoundboardSounds:
        return sessionOn(socket) ? undefined : closeCodes.notAuthenticated;
      case opcodes.requestGuildMembers:
        return requestMembers(socket, body);
      default:
        return closeCodes.unknownOpcode;
    }
  }

  function identify(socket: WebSocket, body: Json): number | undefined {
    if (body.token !== world.token) return closeCodes.authenticationFailed;
    const { intents } = body;
    if (!areIntentsValid(intents)) return closeCodes.invalidIntents;
    if ((intents & privilegedIntents & ~allowedIntents) !== 0) {
      return closeCodes.disallowedIntents;
    }
    const [index = 0, count = 1] = (body.shard ?? [0, 1]) as number[];
    if (!(index >= 0 && index < count)) return closeCodes.invalidShard;
    const session = new GatewaySession({
      id: randomBytes(16).toString('hex'),
      intents,
      shard: [index, count],
      botId: world.bot.id,
      socket,
    });
    sessions.set(session.id, session);
    seen.identify += 1;
    welcome(session);
    return undefined;
  }

  function welcome(session: GatewaySession): void {
    const guilds = [...world.guilds.values()].filter(
      (guild) => isBotIn(world, guild) && session.hears({ guildId: guild.id }),
    );
    const greet = (name: string, data: Json) => {
      world.events.emit('dispatch', { name, data });
      session.send(name, data);
    };
    greet('READY', {
      v: 10,
      user: botAccountJson(world.bot),
      guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: gatewayUrl(world),
      shard: session.shard,
      application: { id: world.bot.id, flags: 0 },
    });
    if ((session.intents & intentBits.guilds) === 0) return;
    for (const guild of guilds) greet('GUILD_CREATE', joinedGuildJson(world, guild));
  }

  function resume(socket: WebSocket, body: Json): number | undefined {
    if (body.token !== world.token) return closeCodes.authenticationFailed;
    const session = sessions.get(String(body.session_id));
    if (!session?.canResumeFrom(Number(body.seq))) {
      send(socket, opcodes.invalidSession, false);
      return undefined;
    }
    seen.resume += 1;
    session.resume(socket, Number(body.seq));
    return undefined;
  }

  function requestMembers(socket: WebSocket, body: Json): number | undefined {
    const session = sessionOn(socket);
    const guild = world.guilds.get(String(body.guild_id));
    if (!session) return closeCodes.notAuthenticated;
    if (!guild) return undefined;
    const { members } = joinedGuildJson(world, guild);
    const chunk = { guild_id: guild.id, members, chunk_index: 0, chunk_count: 1, not_found: [] };
    session.send('GUILD_MEMBERS_CHUNK', {
      ...chunk,
      ...(body.nonce === undefined ? {} : { nonce: body.nonce }),
    });
    return undefined;
  }

  return {
    get sessionCount() {
      return sessions.size;
    },
    get connectionCount() {
      return sockets.clients.size;
    },
    get identifyCount() {
      return seen.identify;
    },
    get resumeCount() {
      return seen.resume;
    },
    drop() {
      for (const socket of sockets.clients) socket.terminate();
    },
    askToReconnect() {
      for (const socket of sockets.clients) send(socket, opcodes.reconnect, null);
    },
    forgetSessions: () => sessions.clear(),
    close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}

export function gatewayUrl(world: World): string {
  return world.origin.replace(/^http/, 'ws');
}

function send(socket: WebSocket, op: number, data: unknown): void {
  socket.send(JSON.stringify({ op, d: data }));
}

function readFrame(data: RawData): { op: number; d?: unknown } | undefined {
  try {
    const frame: unknown = JSON.parse(data.toString());
    const isFrame = typeof frame === 'object' && frame !== null && 'op' in frame;
    return isFrame ? (frame as { op: number; d?: unknown }) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
