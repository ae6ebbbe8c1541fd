import { Client, type ClientOptions } from 'discord.js';

/**
 * discord.js's client, kept whole when its first connection fails. Its own `login` then destroys the
 * client, while its shard goes on reconnecting every half a second, out of everybody's reach: here
 * the shard may go on, and is ready when Discord is.
 */
export class GatewayClient extends Client {
  private ending = false;

  /** Without a listener for them, discord.js's error events would end the process. */
  constructor(options: ClientOptions, onError: (error: Error) => void) {
    super(options);
    this.on('error', onError);
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
