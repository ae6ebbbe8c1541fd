import { z } from 'zod';
import type { CardAddress } from '../../engine/index.js';

const snowflake = z.string().regex(/^\d+$/);

/** Where a card lives on Discord; plain JSON in the record. */
const addressSchema = z.object({
  channelId: snowflake,
  guildId: snowflake.nullable(),
  applicationId: snowflake,
  userId: snowflake,
  /** The interaction that asked for the card, and its token. Null once `@original` is no way. */
  interactionId: snowflake,
  token: z.string().nullable(),
  /** Milliseconds since 1970. */
  tokenExpiresAt: z.number(),
  /** Only its owner sees it; no route with the bot's own token reaches it. */
  ephemeral: z.boolean(),
  /** False where only the user has installed the app: the bot's own token has no access. */
  channelReachable: z.boolean(),
  messageId: snowflake.nullable(),
  /** The message that a new one replies to. */
  replyTo: snowflake.nullable(),
  /** Bytes a file, as the interaction said. */
  attachmentLimitBytes: z.number(),
  /** Of the card's owner, for what this bot says itself. */
  locale: z.string(),
  /** How often the card was sent anew after its message had gone. */
  resends: z.number(),
  /** Its message says 'still running', and offers the way on that a press gives. */
  parked: z.boolean().default(false),
});

export type DiscordAddress = z.infer<typeof addressSchema>;

/** @throws Error for an address that this bot did not make */
export function readAddress(address: CardAddress): DiscordAddress {
  const { data, error } = addressSchema.safeParse(address);
  if (data) return data;
  throw new Error(`Not an address on Discord: ${z.prettifyError(error)}`);
}
