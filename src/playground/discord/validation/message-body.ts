import { z } from 'zod';
import { type FieldPath, FormProblems } from '../errors.js';
import { messageFlags } from '../records.js';
import { messageComponents } from './component-shapes.js';
import { checkComponents } from './components.js';
import { checkEmbeds, embeds } from './embeds.js';
import { readShape, snowflake, strict, text } from './shape.js';

const allowedMentions = strict({
  parse: z.array(z.enum(['users', 'roles', 'everyone'])).nullish(),
  users: z.array(snowflake).max(100).nullish(),
  roles: z.array(snowflake).max(100).nullish(),
  replied_user: z.boolean().nullish(),
});

const attachment = strict({
  id: snowflake,
  filename: text(1, 1024).nullish(),
  title: z.string().max(1024).nullish(),
  description: z.string().max(1024).nullish(),
  duration_secs: z.number().nullish(),
  waveform: z.string().nullish(),
  is_spoiler: z.boolean().nullish(),
  is_remix: z.boolean().nullish(),
  // A kept attachment may be sent back as it was received.
  size: z.int().nullish(),
  url: z.string().nullish(),
  proxy_url: z.string().nullish(),
  width: z.int().nullish(),
  height: z.int().nullish(),
  content_type: z.string().nullish(),
  flags: z.int().nullish(),
  ephemeral: z.boolean().nullish(),
});

const reference = strict({
  type: z.union([z.literal(0), z.literal(1)]).nullish(),
  message_id: snowflake,
  channel_id: snowflake.nullish(),
  guild_id: snowflake.nullish(),
  fail_if_not_exists: z.boolean().nullish(),
});

/**
 * The body of a new or edited message, by any route. One set of keys for all: discord.js sends
 * `tts` and `enforce_nonce` everywhere, and Discord ignores those that a route does not know.
 */
const messageBody = strict({
  content: z.string().max(2000).nullish(),
  embeds: embeds.nullish(),
  components: messageComponents.nullish(),
  attachments: z.array(attachment).max(10).nullish(),
  allowed_mentions: allowedMentions.nullish(),
  flags: z.int().min(0).nullish(),
  message_reference: reference.nullish(),
  nonce: z.union([z.string().max(25), z.int()]).nullish(),
  enforce_nonce: z.boolean().nullish(),
  tts: z.boolean().nullish(),
  sticker_ids: z.array(snowflake).max(3).nullish(),
  poll: z.null().optional(),
  username: z.string().max(80).nullish(),
  avatar_url: z.string().nullish(),
  thread_name: z.string().max(100).nullish(),
  applied_tags: z.array(snowflake).max(5).nullish(),
});

export type MessageBody = z.output<typeof messageBody>;

/**
 * Reads a message's body and checks what one body alone can tell.
 * @param wasV2 whether the message that is edited has the Components V2 flag already: it stays
 * @throws DiscordError 400/50035
 */
export function readMessageBody(
  value: unknown,
  options: { wasV2?: boolean; allowedFlags: number; at?: FieldPath },
): MessageBody {
  const body = readShape(messageBody, value ?? {}, options.at);
  const problems = new FormProblems(options.at);
  const flags = body.flags ?? 0;
  const isV2 = options.wasV2 === true || (flags & messageFlags.IsComponentsV2) !== 0;
  if ((flags & ~options.allowedFlags) !== 0) {
    const message = `Flags ${flags & ~options.allowedFlags} cannot be set here`;
    problems.add(['flags'], 'MESSAGE_FLAGS_INVALID', message);
  }
  if (isV2) refuseOldFields(body, problems);
  if (body.components) checkComponents(body.components, isV2, problems);
  if (body.embeds) checkEmbeds(body.embeds, problems);
  checkAllowedMentions(body, problems);
  if (body.enforce_nonce && (body.nonce ?? undefined) === undefined) {
    problems.add(['nonce'], 'BASE_TYPE_REQUIRED', 'enforce_nonce needs a nonce');
  }
  problems.throwIfAny();
  return body;
}

function refuseOldFields(body: MessageBody, problems: FormProblems): void {
  const used = [
    ['content', Boolean(body.content)],
    ['embeds', (body.embeds ?? []).length > 0],
    ['sticker_ids', (body.sticker_ids ?? []).length > 0],
  ] as const;
  for (const [field, isUsed] of used) {
    if (!isUsed) continue;
    const message = `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`;
    problems.add([field], 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', message);
  }
}

function checkAllowedMentions(body: MessageBody, problems: FormProblems): void {
  const { parse, ...lists } = body.allowed_mentions ?? {};
  for (const kind of ['users', 'roles'] as const) {
    if (!parse?.includes(kind) || (lists[kind] ?? []).length === 0) continue;
    const message = `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`;
    problems.add(['allowed_mentions'], 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', message);
  }
}
