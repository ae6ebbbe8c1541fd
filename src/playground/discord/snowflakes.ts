import type { Clock } from './clock.js';

/** Discord's epoch: the first second of 2015. */
const epochMs = 1_420_070_400_000n;

export interface Snowflakes {
  /** A new id, greater than every one before it. */
  next(): string;
}

export function createSnowflakes(clock: Clock): Snowflakes {
  let last = 0n;
  return {
    next() {
      const earliest = (BigInt(Math.floor(clock.now())) - epochMs) << 22n;
      last = earliest > last ? earliest : last + 1n;
      return last.toString();
    },
  };
}

/** Which shard of `count` hears about a guild. https://discord.com/developers/docs/events/gateway#sharding */
export function shardOf(guildId: string, count: number): number {
  return Number((BigInt(guildId) >> 22n) % BigInt(count));
}
