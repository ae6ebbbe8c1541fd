import { FormProblems, refusal } from './errors.js';
import type { UploadedFile } from './files.js';
import type { Attachment, Channel, MessageVersion } from './records.js';
import type { MessageBody } from './validation/message-body.js';
import type { World } from './world.js';

/** The files of a request by their number: `files[3]` is 3. */
export type NumberedFiles = ReadonlyMap<number, UploadedFile>;

const maxAttachments = 10;

export interface FileRules {
  sizeLimit: number;
  isEphemeral: boolean;
  channel: Channel;
}

/**
 * The attachments of a message after this request: kept ones that it lists, then its new files.
 * @throws DiscordError 413/40005 for a file over the limit, 400/30015 for more than ten in all
 */
export function attachmentsAfter(
  world: World,
  before: readonly Attachment[],
  listed: MessageBody['attachments'],
  files: NumberedFiles,
  rules: FileRules,
): Attachment[] {
  checkFiles(files, rules.sizeLimit);
  const problems = new FormProblems();
  const descriptions = new Map((listed ?? []).map((entry) => [entry.id, entry]));
  const kept = listed ? before.filter((attachment) => descriptions.has(attachment.id)) : before;
  const known = new Set([...kept.map(({ id }) => id), ...[...files.keys()].map(String)]);
  (listed ?? []).forEach((entry, index) => {
    if (known.has(entry.id)) return;
    const message = `No file and no attachment has the id ${entry.id}`;
    problems.add(['attachments', index, 'id'], 'ATTACHMENT_NOT_FOUND', message);
  });
  for (const number of listed ? files.keys() : []) {
    if (descriptions.has(String(number))) continue;
    problems.add(['attachments'], 'ATTACHMENT_NOT_LISTED', `files[${number}] is not listed`);
  }
  problems.throwIfAny();
  if (kept.length + files.size > maxAttachments) throw refusal('tooManyAttachments');
  const added = [...files].map(([number, file]) => {
    const details = descriptions.get(String(number));
    return world.files.add(file, {
      folderId: rules.isEphemeral ? world.bot.id : rules.channel.id,
      isEphemeral: rules.isEphemeral,
      filename: details?.filename ?? undefined,
      title: details?.title ?? undefined,
      description: details?.description ?? undefined,
    });
  });
  return [...kept, ...added];
}

function checkFiles(files: NumberedFiles, sizeLimit: number): void {
  if (files.size > maxAttachments) throw refusal('tooManyAttachments');
  for (const file of files.values()) {
    if (file.bytes.length > sizeLimit) throw refusal('entityTooLarge');
  }
}

/** Attachments that a component or an embed shows, in the order in which they are shown. */
export function embeddedAttachments(
  version: Pick<MessageVersion, 'components' | 'embeds' | 'attachments'>,
): Attachment[] {
  const written = JSON.stringify([version.components, version.embeds]);
  const placeOf = ({ id }: Attachment) => written.indexOf(`/${id}/`);
  return version.attachments
    .filter((attachment) => placeOf(attachment) >= 0)
    .sort((one, other) => placeOf(one) - placeOf(other));
}
