/** What a button does. */
export type ButtonAction =
  | { readonly kind: BatchKind; readonly batchId: string }
  | { readonly kind: ImageKind; readonly imageId: string }
  | HistoryAction
  /** Removes all that is kept of a person, who said so twice. */
  | { readonly kind: 'erase'; readonly userId: string };

type BatchKind = keyof typeof batchCodes;
type ImageKind = keyof typeof imageCodes;

interface HistoryAction {
  readonly kind: 'history';
  /** Whose: the list of somebody else is not turned. */
  readonly userId: string;
  readonly page: number;
  /** Empty: all of it. */
  readonly filter: string;
}

/** Telegram's `callback_data` takes 64 bytes (Bot API, InlineKeyboardButton), Discord's custom_id 100. */
export const maxPayloadBytes = 64;

/** Buttons outlive deployments: a new form of payload gets a new prefix, and the old one is still read. */
const prefix = 'e1';

const batchCodes = {
  cancel: 'c',
  retry: 'r',
  delete: 'd',
  again: 'a',
  originals: 'o',
  zip: 'z',
  /** Images whose sending had no answer. */
  'send-again': 'g',
  /** Opens the way to a card again that its platform has closed by time. */
  fetch: 'f',
  /** Shows a batch once more, to who presses. */
  show: 'w',
  /** Posts its images for everybody in the chat. */
  share: 's',
  /** Asks for another prompt for the whole batch. */
  'edit-prompt': 'p',
  /** Asks which of several images to edit. */
  'pick-image': 'k',
} as const;

const imageCodes = {
  upscale: 'u',
  vary: 'v',
  /** Asks for a prompt to change this image by. */
  'edit-image': 'i',
} as const;

const historyCode = 'h';
const eraseCode = 'x';

const idPattern = '[A-Za-z0-9_-]{1,24}';
const payloadPattern = new RegExp(`^${prefix}\\.([a-z])\\.(${idPattern})$`);
const historyPattern = new RegExp(
  `^${prefix}\\.${historyCode}\\.(${idPattern})\\.([1-9]\\d{0,5})\\.(.*)$`,
  's',
);

/** @throws Error for an id that is longer than 24 characters or not url-safe, or a filter too long */
export function encodeButton(action: ButtonAction): string {
  const payload = payloadOf(action);
  const pattern = action.kind === 'history' ? historyPattern : payloadPattern;
  if (pattern.test(payload) && Buffer.byteLength(payload) <= maxPayloadBytes) return payload;
  throw new Error(`No button has room for ${JSON.stringify(action)}`);
}

function payloadOf(action: ButtonAction): string {
  if ('imageId' in action) return `${prefix}.${imageCodes[action.kind]}.${action.imageId}`;
  if ('batchId' in action) return `${prefix}.${batchCodes[action.kind]}.${action.batchId}`;
  if (action.kind === 'erase') return `${prefix}.${eraseCode}.${action.userId}`;
  const { userId, page, filter } = action;
  return `${prefix}.${historyCode}.${userId}.${page}.${filter}`;
}

/** Undefined for what Easel did not write, or an older version of it wrote. */
export function decodeButton(payload: string): ButtonAction | undefined {
  const [, userId, page, filter] = historyPattern.exec(payload) ?? [];
  if (userId !== undefined && filter !== undefined) {
    return { kind: 'history', userId, page: Number(page), filter };
  }
  const [, code, id] = payloadPattern.exec(payload) ?? [];
  if (code === undefined || id === undefined) return undefined;
  if (code === eraseCode) return { kind: 'erase', userId: id };
  const batchKind = keyOf(batchCodes, code);
  if (batchKind) return { kind: batchKind, batchId: id };
  const imageKind = keyOf(imageCodes, code);
  return imageKind && { kind: imageKind, imageId: id };
}

function keyOf<Kind extends string>(
  codes: Readonly<Record<Kind, string>>,
  code: string,
): Kind | undefined {
  return (Object.keys(codes) as Kind[]).find((kind) => codes[kind] === code);
}
