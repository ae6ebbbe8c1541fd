/** What a button on a card does. */
export type ButtonAction =
  | { readonly kind: 'cancel'; readonly batchId: string }
  | { readonly kind: 'retry'; readonly batchId: string }
  | { readonly kind: 'delete'; readonly batchId: string }
  | { readonly kind: 'again'; readonly batchId: string }
  | { readonly kind: 'originals'; readonly batchId: string }
  | { readonly kind: 'upscale'; readonly imageId: string }
  | { readonly kind: 'vary'; readonly imageId: string };

/** Telegram's `callback_data` takes 64 bytes (Bot API, InlineKeyboardButton), Discord's custom_id 100. */
export const maxPayloadBytes = 64;

/** Buttons outlive deployments: a new form of payload gets a new prefix, and the old one is still read. */
const prefix = 'e1';

const codes = {
  cancel: 'c',
  retry: 'r',
  delete: 'd',
  again: 'a',
  originals: 'o',
  upscale: 'u',
  vary: 'v',
} as const satisfies Record<ButtonAction['kind'], string>;

const payloadPattern = new RegExp(`^${prefix}\\.([a-z])\\.([A-Za-z0-9_-]{1,24})$`);

/** @throws Error for an id that is longer than 24 characters or not url-safe */
export function encodeButton(action: ButtonAction): string {
  const id = 'imageId' in action ? action.imageId : action.batchId;
  const payload = `${prefix}.${codes[action.kind]}.${id}`;
  if (!payloadPattern.test(payload)) throw new Error(`No button for the id ${JSON.stringify(id)}`);
  return payload;
}

/** Undefined for what Easel did not write, or an older version of it wrote. */
export function decodeButton(payload: string): ButtonAction | undefined {
  const [, code, id] = payloadPattern.exec(payload) ?? [];
  const kind = (Object.keys(codes) as ButtonAction['kind'][]).find((key) => codes[key] === code);
  if (kind === undefined || id === undefined) return undefined;
  return kind === 'upscale' || kind === 'vary' ? { kind, imageId: id } : { kind, batchId: id };
}
