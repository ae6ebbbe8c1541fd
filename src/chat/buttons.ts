/** What a button does, and what a form's answers are for. */
export type ButtonAction =
  | { readonly kind: BatchKind; readonly batchId: string }
  | { readonly kind: ImageKind; readonly imageId: string };

type BatchKind = keyof typeof batchCodes;
type ImageKind = keyof typeof imageCodes;

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
  /** Asks for another prompt for the whole batch. */
  'edit-prompt': 'p',
} as const;

const imageCodes = {
  upscale: 'u',
  vary: 'v',
  /** Asks for a prompt to change this image by. */
  'edit-image': 'i',
} as const;

const payloadPattern = new RegExp(`^${prefix}\\.([a-z])\\.([A-Za-z0-9_-]{1,24})$`);

/** @throws Error for an id that is longer than 24 characters or not url-safe */
export function encodeButton(action: ButtonAction): string {
  const [code, id] =
    'imageId' in action
      ? [imageCodes[action.kind], action.imageId]
      : [batchCodes[action.kind], action.batchId];
  const payload = `${prefix}.${code}.${id}`;
  if (!payloadPattern.test(payload)) throw new Error(`No button for the id ${JSON.stringify(id)}`);
  return payload;
}

/** Undefined for what Easel did not write, or an older version of it wrote. */
export function decodeButton(payload: string): ButtonAction | undefined {
  const [, code, id] = payloadPattern.exec(payload) ?? [];
  if (code === undefined || id === undefined) return undefined;
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
