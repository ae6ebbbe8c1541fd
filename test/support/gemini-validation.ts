import sharp from 'sharp';
import { z } from 'zod';
import type { PictureOrder } from './cloud-pictures.js';

export interface GeminiOrder extends PictureOrder {
  readonly model: string;
  readonly aspectRatio: string | undefined;
  readonly imageSize: string | undefined;
}

/** `google.rpc.Status`, as the API writes it down. */
export class GeminiRefusal extends Error {
  readonly code: number;
  readonly body: unknown;
  constructor(code: number, status: string, message: string, details?: readonly object[]) {
    super(message);
    this.code = code;
    this.body = { error: { code, message, status, ...(details && { details }) } };
  }
}

const part = z.union([
  z.strictObject({ text: z.string() }),
  z.strictObject({ inlineData: z.strictObject({ mimeType: z.string(), data: z.string() }) }),
]);

/** `GenerateContentRequest`, as far as images need it; the API refuses names that it does not know. */
const requestBody = z.strictObject({
  contents: z
    .array(z.strictObject({ role: z.enum(['user', 'model']), parts: z.array(part).min(1) }))
    .min(1),
  generationConfig: z.strictObject({
    responseModalities: z.array(z.enum(['TEXT', 'IMAGE'])),
    imageConfig: z
      .strictObject({
        aspectRatio: z.string().optional(),
        imageSize: z.enum(['512', '1K', '2K', '4K']).optional(),
      })
      .optional(),
    // An int32.
    seed: z
      .int()
      .min(-(2 ** 31))
      .max(2 ** 31 - 1)
      .optional(),
  }),
});

const ratios = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];

/** @throws GeminiRefusal with what the real service answers */
export async function readGeminiOrder(
  model: string,
  body: Buffer,
  models: readonly string[],
): Promise<GeminiOrder> {
  if (!models.includes(model)) {
    const message = `models/${model} is not found for API version v1beta`;
    throw new GeminiRefusal(404, 'NOT_FOUND', message);
  }
  const parsed = requestBody.safeParse(JSON.parse(body.toString('utf8')));
  if (!parsed.success) {
    throw new GeminiRefusal(400, 'INVALID_ARGUMENT', z.prettifyError(parsed.error));
  }
  const { contents, generationConfig } = parsed.data;
  const { imageConfig, seed } = generationConfig;
  const ratio = imageConfig?.aspectRatio;
  if (ratio !== undefined && !ratios.includes(ratio)) {
    throw new GeminiRefusal(400, 'INVALID_ARGUMENT', `aspect_ratio ${ratio} is not supported`);
  }
  const parts = contents.flatMap((content) => content.parts);
  const inputs: Buffer[] = [];
  for (const each of parts) {
    if (!('inlineData' in each)) continue;
    const bytes = Buffer.from(each.inlineData.data, 'base64');
    const { format } = await sharp(bytes)
      .metadata()
      .catch(() => ({ format: 'none' }));
    if (`image/${format}` !== each.inlineData.mimeType) {
      throw new GeminiRefusal(400, 'INVALID_ARGUMENT', 'Unable to process input image.');
    }
    inputs.push(bytes);
  }
  const shape = ratio === undefined && inputs[0] ? await sharp(inputs[0]).metadata() : undefined;
  const [x = 1, y = 1] = ratio?.split(':').map(Number) ?? [shape?.width ?? 1, shape?.height ?? 1];
  return {
    model,
    prompt: parts.flatMap((each) => ('text' in each ? [each.text] : [])).join('\n'),
    inputs,
    seed: seed ?? Math.floor(Math.random() * 1e9),
    width: Math.round(1024 * Math.sqrt(x / y)),
    height: Math.round(1024 * Math.sqrt(y / x)),
    aspectRatio: ratio,
    imageSize: imageConfig?.imageSize,
  };
}
