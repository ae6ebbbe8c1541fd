import sharp from 'sharp';
import type { PictureOrder } from './cloud-pictures.js';

export type OpenAiDialect = 'openai' | 'localai' | 'vllm-omni';

export interface OpenAiOrder extends PictureOrder {
  readonly isEdit: boolean;
  readonly count: number;
  readonly isStreamed: boolean;
  readonly partialImages: number;
  /** As they came. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export class OpenAiRefusal extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;
  constructor(
    status: number,
    error: { message: string; code?: string; type?: string; param?: string },
    headers: Record<string, string> = {},
  ) {
    super(error.message);
    this.status = status;
    const { message, code = null, type = 'invalid_request_error', param = null } = error;
    this.body = { error: { message, type, param, code } };
    this.headers = headers;
  }
}

const shared = ['model', 'prompt', 'n', 'size', 'user'];
const openAi = [
  ...shared,
  'quality',
  'background',
  'output_format',
  'output_compression',
  'stream',
  'partial_images',
];
const vllm = [
  ...shared,
  'response_format',
  'negative_prompt',
  'num_inference_steps',
  'guidance_scale',
  'seed',
];
/** By the reference of each; everything else is refused. */
const known: Record<OpenAiDialect, { readonly json: string[]; readonly form: string[] }> = {
  openai: {
    json: [...openAi, 'moderation'],
    form: [...openAi, 'image', 'image[]', 'mask', 'input_fidelity'],
  },
  localai: { json: [...shared, 'response_format', 'seed', 'step', 'file', 'ref_images'], form: [] },
  'vllm-omni': { json: vllm, form: [...vllm, 'image'] },
};

/** @throws OpenAiRefusal with what the real service answers */
export async function readOpenAiOrder(
  dialect: OpenAiDialect,
  path: string,
  contentType: string,
  body: Buffer,
  models: readonly string[],
): Promise<OpenAiOrder> {
  const isEdit = path.endsWith('/edits');
  if (isEdit !== contentType.startsWith('multipart/form-data')) {
    throw refused(`Unsupported content type: '${contentType}'.`);
  }
  const { fields, files } = isEdit
    ? await readForm(contentType, body)
    : { fields: JSON.parse(body.toString('utf8')), files: [] };
  const names = [...Object.keys(fields), ...files.map(({ field }) => field)];
  const unknown = names.find((name) => !known[dialect][isEdit ? 'form' : 'json'].includes(name));
  if (unknown !== undefined) {
    const error = { message: `Unknown parameter: '${unknown}'.`, code: 'unknown_parameter' };
    throw new OpenAiRefusal(400, { ...error, param: unknown });
  }
  const text = (name: string) => String(fields[name] ?? '');
  if (text('prompt') === '') throw refused("Missing required parameter: 'prompt'.", 'prompt');
  if (!models.includes(text('model'))) {
    const message = `The model '${text('model')}' does not exist or you do not have access to it.`;
    throw new OpenAiRefusal(404, { message, code: 'model_not_found' });
  }
  if (/\bforbidden\b/.test(text('prompt'))) {
    throw new OpenAiRefusal(400, {
      message: 'Your request was rejected by the safety system. request id req_123.',
      type: 'image_generation_user_error',
      code: 'moderation_blocked',
    });
  }
  const count = Number(fields.n ?? 1);
  if (!(count >= 1 && count <= 10)) throw refused('n must be from 1 to 10', 'n');
  const [width = 0, height = 0] = text('size').split('x').map(Number);
  checkSize(dialect, text('model'), width, height);
  const isStreamed = text('stream') === 'true';
  const partialImages = Number(fields.partial_images ?? 0);
  if (partialImages > 0 && !isStreamed) throw refused('only with stream', 'partial_images');
  if (dialect !== 'openai' && text('response_format') !== 'b64_json') {
    throw refused('the answer would be addresses', 'response_format');
  }
  const [prompt = '', negative] =
    dialect === 'localai' ? text('prompt').split('|') : [text('prompt'), fields.negative_prompt];
  return {
    prompt,
    negative: negative === undefined ? undefined : String(negative),
    width,
    height,
    seed: Number(fields.seed ?? Math.floor(Math.random() * 1e9)),
    ...(await picturesOf(fields, files)),
    isEdit,
    count,
    isStreamed,
    partialImages,
    fields,
  };
}

function checkSize(dialect: OpenAiDialect, model: string, width: number, height: number): void {
  const size = `${width}x${height}`;
  const isAny = dialect !== 'openai' || /^gpt-image-[2-9]/.test(model);
  const isStandard = ['1024x1024', '1536x1024', '1024x1536'].includes(size);
  const ratio = width / height;
  const fits = width % 16 === 0 && height % 16 === 0 && ratio >= 1 / 3 && ratio <= 3;
  if (width > 0 && (isAny ? fits : isStandard)) return;
  const message = `Invalid value: '${size}'.`;
  throw new OpenAiRefusal(400, { message, code: 'invalid_value', param: 'size' });
}

interface FormFileField {
  readonly field: string;
  readonly bytes: Buffer;
}

async function readForm(contentType: string, body: Buffer) {
  const headers = { 'content-type': contentType };
  const form = await new Response(new Uint8Array(body), { headers }).formData();
  const fields: Record<string, unknown> = {};
  const files: FormFileField[] = [];
  for (const [field, value] of form as unknown as Iterable<[string, string | File]>) {
    if (typeof value === 'string') fields[field] = value;
    else files.push({ field, bytes: Buffer.from(await value.arrayBuffer()) });
  }
  return { fields, files };
}

/** The first image is the one to change; a mask must be its size, with an alpha channel. */
async function picturesOf(
  fields: Record<string, unknown>,
  files: readonly FormFileField[],
): Promise<Pick<PictureOrder, 'inputs' | 'mask'>> {
  const inputs = files.filter(({ field }) => field !== 'mask').map(({ bytes }) => bytes);
  const encoded = [fields.file ?? [], fields.ref_images ?? []].flat();
  inputs.push(...encoded.map((base64) => Buffer.from(String(base64), 'base64')));
  for (const bytes of inputs) {
    await sharp(bytes)
      .metadata()
      .catch(() => {
        throw refused('Invalid image file or mode for image.', 'image');
      });
  }
  if (files.length > 0 && inputs.length === 0) throw refused('image is missing', 'image');
  const mask = files.find(({ field }) => field === 'mask')?.bytes;
  if (!mask) return { inputs };
  const [image, { width, height, hasAlpha, format }] = await Promise.all([
    sharp(inputs[0]).metadata(),
    sharp(mask).metadata(),
  ]);
  if (format !== 'png' || !hasAlpha) throw refused('the mask has no alpha channel', 'mask');
  if (width !== image.width || height !== image.height) throw refused('other size', 'mask');
  return { inputs, mask };
}

function refused(message: string, param?: string): OpenAiRefusal {
  return new OpenAiRefusal(400, { message, ...(param !== undefined && { param }) });
}
