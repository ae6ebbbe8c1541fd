import { Client, type ClientOptions, GatewayDispatchEvents } from 'discord.js';

/** What discord.js does with an event after it has told its listeners; not in its types. */
interface PacketHandling {
  handlePacket(packet?: { readonly t: string }, shard?: unknown): boolean;
}

/** The only events that a connection by itself needs. */
const connectionEvents: ReadonlySet<string> = new Set([
  GatewayDispatchEvents.Ready,
  GatewayDispatchEvents.Resumed,
]);

/**
 * discord.js's client as a connection, kept whole when the first one fails. Its own `login` then
 * destroys the client, while its shard goes on reconnecting every half a second, out of everybody's
 * reach: here the shard may go on, and is ready when Discord is.
 *
 * Of events it makes no objects: nobody reads those, and one that lacks a field which discord.js
 * takes for granted, e.g. an interaction's `entitlements`, would end the process.
 */
export class GatewayClient extends Client {
  private ending = false;

  /** Without a listener for them, discord.js's error events would end the process. */
  constructor(options: ClientOptions, onError: (error: Error) => void) {
    super(options);
    this.on('error', onError);
    const ws = this.ws as unknown as PacketHandling;
    const handle = ws.handlePacket.bind(ws);
    ws.handlePacket = (packet, shard) =>
      packet && !connectionEvents.has(packet.t) ? true : handle(packet, shard);
  }

  /** True once Discord's gateway was found, so that the shard connects by itself from here on. */
  get isConnecting(): boolean {
    return this.ws.shards.size > 0;
  }

  /** Resolves when the connection is closed. */
  async end(): Promise<void> {
    this.ending = true;
    await this.destroy();
  }

  override async destroy(): Promise<void> {
    if (this.ending) await super.destroy();
  }
}
