import {
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  type APIComponentInMessageActionRow,
  type APIMediaGalleryComponent,
  type APIMessageTopLevelComponent,
  type APITextDisplayComponent,
  ButtonStyle,
  ComponentType,
  MessageFlags,
  type RawFile,
} from 'discord.js';
import { type CardButton, type CardView, encodeButton } from '../../chat/index.js';
import type { OutgoingMessage } from './discord-api.js';
import { plainWords, shortened } from './plain-text.js';

/** A picture of a card, ready to be uploaded with it. */
export interface CardFile {
  /** Letters, digits, `-`, `_` and `.` only: Discord changes other names. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** For screen readers; may be empty. */
  readonly description: string;
}

/** A picture that the card's message has already. */
export type KeptFile = Pick<CardFile, 'name' | 'description'> & { readonly id: string };

export interface CardMessageOptions {
  /** What a file may have in the card's channel; any number of bytes where left out. */
  readonly maxBytes?: number;
  /** Shown before the files. */
  readonly kept?: readonly KeptFile[];
}

/** Characters over all text displays of a message. */
const textLimit = 4000;
const descriptionLimit = 1024;
const labelLimit = 80;
const buttonsInRow = 5;

const buttonStyles = {
  primary: ButtonStyle.Primary,
  secondary: ButtonStyle.Secondary,
  danger: ButtonStyle.Danger,
} as const satisfies Record<CardButton['style'], ButtonStyle>;

/**
 * A card as a message: prompt and owner, the pictures, what is going on in small print, the buttons.
 * No box around it, so that the pictures get the whole width. The body serves creations and edits
 * alike; `attachments` names every file, so that an edit drops those of the state before.
 * https://discord.com/developers/docs/components/reference
 */
export function cardMessage(
  view: CardView,
  files: readonly CardFile[],
  { maxBytes = Number.POSITIVE_INFINITY, kept = [] }: CardMessageOptions = {},
): OutgoingMessage {
  const pictures = [...kept, ...files];
  const status = statusText(view);
  const heading = headingText(view, textLimit - status.length);
  const components: APIMessageTopLevelComponent[] =
    pictures.length > 0
      ? [textDisplay(heading), gallery(pictures), ...(status ? [textDisplay(status)] : [])]
      : [textDisplay(status ? `${heading}\n${status}` : heading)];
  return {
    body: {
      flags: MessageFlags.IsComponentsV2,
      components: [...components, ...buttonRows(view.buttons, isReduced(view, maxBytes))],
      attachments: [
        ...kept.map(({ id }) => ({ id })),
        ...files.map((file, index) => ({ id: String(index), filename: file.name })),
      ],
      allowed_mentions: { parse: [] },
    },
    files: files.map(rawFile),
  };
}

export function rawFile({ name, bytes, mediaType }: CardFile): RawFile {
  return { name, data: bytes, contentType: mediaType };
}

/** `**prompt** — @owner`; the mention is shown and pings nobody. */
function headingText({ prompt, owner }: CardView, limit: number): string {
  const mention = `<@${owner.platformUserId}>`;
  const frame = '**** — '.length + mention.length + 1;
  const words = shortened(prompt, limit - frame, plainWords);
  return words ? `**${words}** — ${mention}` : mention;
}

/** A failure's reason is read in full size, all else in small print. */
function statusText({ phase, lines }: CardView): string {
  const mark = phase === 'failed' ? '' : '-# ';
  const shown: string[] = [];
  let left = textLimit / 2;
  for (const line of lines) {
    const words = shortened(line, left - mark.length - 1, plainWords);
    if (words === '') continue;
    shown.push(`${mark}${words}`);
    left -= mark.length + words.length + 1;
  }
  return shown.join('\n');
}

export function textDisplay(content: string): APITextDisplayComponent {
  return { type: ComponentType.TextDisplay, content };
}

export function gallery(
  files: readonly Pick<CardFile, 'name' | 'description'>[],
): APIMediaGalleryComponent {
  return {
    type: ComponentType.MediaGallery,
    items: files.map(({ name, description }) => ({
      media: { url: `attachment://${name}` },
      ...(description ? { description: description.slice(0, descriptionLimit) } : {}),
    })),
  };
}

/** `withOriginals`: they don't stand in the gallery as they are. */
export function buttonRows(
  buttons: CardView['buttons'],
  withOriginals = false,
): APIActionRowComponent<APIComponentInMessageActionRow>[] {
  return (
    buttons
      // The originals stand in the gallery already, where they fit.
      .map((row) => row.filter(({ action }) => withOriginals || action.kind !== 'originals'))
      .map((row) => row.slice(0, buttonsInRow))
      .filter((row) => row.length > 0)
      .map((row) => ({ type: ComponentType.ActionRow, components: row.map(button) }))
  );
}

function button({ label, action, style }: CardButton): APIButtonComponentWithCustomId {
  return {
    type: ComponentType.Button,
    style: buttonStyles[style],
    label: label.slice(0, labelLimit),
    custom_id: encodeButton(action),
  };
}

function isReduced({ picture }: CardView, maxBytes: number): boolean {
  return picture?.kind === 'results' && picture.images.some((image) => image.byteLength > maxBytes);
}
