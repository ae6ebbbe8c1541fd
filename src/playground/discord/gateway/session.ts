import type { WebSocket } from 'ws';
import { shardOf } from '../snowflakes.js';
import type { DispatchScope } from '../world.js';
import { intents as intentBits, withoutContent } from './intents.js';

type Json = Record<string, unknown>;

export const opcodes = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  presenceUpdate: 3,
  voiceStateUpdate: 4,
  resume: 6,
  reconnect: 7,
  requestGuildMembers: 8,
  invalidSession: 9,
  hello: 10,
  heartbeatAck: 11,
  requestSoundboardSounds: 31,
} as const;

/** Events kept for a session that may come back. */
const replayLength = 1000;

/** One IDENTIFY's life: it outlives its socket, so that a RESUME gets what was missed. */
export class GatewaySession {
  readonly id: string;
  readonly intents: number;
  readonly shard: readonly [number, number];
  private readonly botId: string;
  private sequence = 0;
  private readonly sent: { sequence: number; frame: string }[] = [];
  private socket: WebSocket | undefined;

  constructor(options: {
    id: string;
    intents: number;
    shard: readonly [number, number];
    botId: string;
    socket: WebSocket;
  }) {
    this.id = options.id;
    this.intents = options.intents;
    this.shard = options.shard;
    this.botId = options.botId;
    this.socket = options.socket;
  }

  hears(scope: DispatchScope): boolean {
    const [index, count] = this.shard;
    const isItsShard =
      scope.guildId === undefined ? index === 0 : shardOf(scope.guildId, count) === index;
    const wants = scope.intent === undefined || (this.intents & scope.intent) !== 0;
    return isItsShard && wants;
  }

  send(event: string, data: Json): void {
    const seesContent = (this.intents & intentBits.messageContent) !== 0;
    const shown = seesContent ? data : withoutContent(event, data, this.botId);
    this.sequence += 1;
    const frame = JSON.stringify({ op: opcodes.dispatch, t: event, s: this.sequence, d: shown });
    this.sent.push({ sequence: this.sequence, frame });
    if (this.sent.length > replayLength) this.sent.shift();
    if (this.socket?.readyState === this.socket?.OPEN) this.socket?.send(frame);
  }

  isOn(socket: WebSocket): boolean {
    return this.socket === socket;
  }

  detach(): void {
    this.socket = undefined;
  }

  canResumeFrom(sequence: number): boolean {
    const oldest = this.sent[0]?.sequence ?? this.sequence + 1;
    return sequence <= this.sequence && sequence >= oldest - 1;
  }

  resume(socket: WebSocket, sequence: number): void {
    this.socket = socket;
    for (const missed of this.sent) if (missed.sequence > sequence) socket.send(missed.frame);
    this.send('RESUMED', {});
  }
}
