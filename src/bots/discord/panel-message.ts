import {
  type APIMessageTopLevelComponent,
  ComponentType,
  MessageFlags,
  type RawFile,
} from 'discord.js';
import type { Panel, PanelEntry, PanelThumbnail } from '../../chat/index.js';
import { extensionOf } from './card-files.js';
import { buttonRows, type CardFile, gallery, rawFile, textDisplay } from './card-message.js';
import type { OutgoingMessage } from './discord-api.js';
import { plainText, shortened } from './plain-text.js';

/** Characters over all text displays of a message. */
const textLimit = 4000;
const entryLimit = 500;
const codeFrame = '```\n\n```'.length;
const codeFileName = 'command.txt';

/**
 * A panel as a message: sections with thumbnails, a gallery, what is to be copied, buttons. What is
 * too long to stand in it comes as a file.
 * https://discord.com/developers/docs/components/reference#section
 */
export function panelMessage(
  panel: Panel,
  images: readonly CardFile[],
  options: { readonly private: boolean },
): OutgoingMessage {
  const { entries = [], code, buttons } = panel;
  const entriesLength = entries.length * entryLimit;
  const isCodeInside =
    code !== undefined && code.length + codeFrame <= (textLimit - entriesLength) / 2;
  const codeLength = isCodeInside ? code.length + codeFrame : 0;
  const text = shortened(panel.text, textLimit - entriesLength - codeLength, plainText);
  const thumbnails = entries.flatMap(({ thumbnail }) => (thumbnail ? [thumbnail] : []));
  const codeFile: RawFile[] =
    code === undefined || isCodeInside
      ? []
      : [{ name: codeFileName, data: Buffer.from(code), contentType: 'text/plain' }];
  const files = [...thumbnails.map(thumbnailFile), ...images.map(rawFile), ...codeFile];
  const components: APIMessageTopLevelComponent[] = [
    textDisplay(text),
    ...entries.flatMap(entryComponents),
    ...(images.length > 0 ? [gallery(images)] : []),
    ...(isCodeInside ? [textDisplay(`\`\`\`\n${withoutFence(code)}\n\`\`\``)] : []),
    ...codeFile.map(
      ({ name }) => ({ type: ComponentType.File, file: { url: `attachment://${name}` } }) as const,
    ),
    ...buttonRows(buttons),
  ];
  return {
    body: {
      flags: MessageFlags.IsComponentsV2 | (options.private ? MessageFlags.Ephemeral : 0),
      components,
      attachments: files.map(({ name }, index) => ({ id: String(index), filename: name })),
      allowed_mentions: { parse: [] },
    },
    files,
  };
}

function entryComponents({ text, thumbnail, buttons }: PanelEntry): APIMessageTopLevelComponent[] {
  const words = textDisplay(shortened(text, entryLimit, plainText));
  const rows = buttonRows([buttons]);
  if (!thumbnail) return [words, ...rows];
  const { description } = thumbnail;
  const accessory = {
    type: ComponentType.Thumbnail,
    media: { url: `attachment://${thumbnailName(thumbnail)}` },
    ...(description ? { description } : {}),
  } as const;
  return [{ type: ComponentType.Section, components: [words], accessory }, ...rows];
}

function thumbnailFile(thumbnail: PanelThumbnail): RawFile {
  const { bytes, mediaType } = thumbnail;
  return { name: thumbnailName(thumbnail), data: bytes, contentType: mediaType };
}

function thumbnailName({ id, mediaType }: PanelThumbnail): string {
  return `thumbnail-${id}.${extensionOf(mediaType)}`;
}

/** Inside a block of code only its end means anything. */
function withoutFence(code: string): string {
  return code.replaceAll('```', "'''");
}
