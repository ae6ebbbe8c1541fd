/** What the web UI's own models refuse: FastAPI's 422, and what its handlers raise. */

export interface Refusal {
  readonly status: number;
  readonly json: unknown;
}

const numbers = ['seed', 'batch_size', 'n_iter', 'steps', 'cfg_scale', 'width', 'height'];
const texts = ['prompt', 'negative_prompt', 'sampler_name', 'scheduler', 'force_task_id'];

export function refusalOf(
  way: string,
  body: Record<string, unknown>,
  samplers: readonly string[],
): Refusal | undefined {
  const wrong = [
    ...numbers.filter((key) => key in body && typeof body[key] !== 'number'),
    ...texts.filter((key) => key in body && typeof body[key] !== 'string'),
  ];
  if (wrong.length > 0) {
    const detail = wrong.map((key) => ({
      loc: ['body', key],
      msg: 'value is of the wrong type',
      type: 'type_error',
    }));
    return { status: 422, json: { detail } };
  }
  const sampler = body.sampler_name;
  if (typeof sampler === 'string' && !samplers.includes(sampler)) {
    return raised(400, 'HTTPException', 'Sampler not found');
  }
  const sides = [body.width ?? 512, body.height ?? 512].map(Number);
  if (sides.some((side) => side % 8 !== 0 || side < 64)) {
    return raised(500, 'ValueError', '', 'sides are multiples of 8');
  }
  if (way === 'txt2img') return undefined;
  const images = body.init_images;
  if (!Array.isArray(images) || images.length === 0) {
    return raised(404, 'HTTPException', 'Init image not found');
  }
  const pictures = [...images, ...(body.mask === undefined ? [] : [body.mask])].map(String);
  if (pictures.some((picture) => /^https?:/.test(picture))) {
    return raised(500, 'HTTPException', 'Requests not allowed');
  }
  if (pictures.some((picture) => !/^(data:[^,]*,)?[A-Za-z0-9+/]+=*$/.test(picture))) {
    return raised(500, 'HTTPException', 'Invalid encoded image');
  }
  return undefined;
}

export function raised(status: number, error: string, detail: string, errors = ''): Refusal {
  return { status, json: { error, detail, body: '', errors } };
}
