import { z } from 'zod';

/** What `images/generations` answers, as far as we read it: in one piece, or as events. */

const serviceError = z.object({
  code: z.coerce.string().catch(''),
  message: z.string().catch(''),
});
export type ServiceError = z.infer<typeof serviceError>;

const error = serviceError.optional().catch(undefined);

const item = z.object({
  b64_json: z.string().nullish().catch(undefined),
  url: z.string().nullish().catch(undefined),
  error,
});
export type AnswerItem = z.infer<typeof item>;

/** `{error}` with any status, or items, of which each is an image or its own error. */
export const wholeAnswer = z
  .object({ data: z.array(item).optional(), error })
  .refine(({ data, error: failure }) => data !== undefined || failure !== undefined, {
    error: 'neither data nor error',
  });
export type WholeAnswer = z.infer<typeof wholeAnswer>;

export const refusal = z.object({ error: serviceError });

/** `image_generation.partial_succeeded`, `.partial_failed`, `.completed`, `error`. */
export const streamEvent = item.extend({
  type: z.string().catch(''),
  image_index: z.number().int().nonnegative().optional().catch(undefined),
});
export type StreamEvent = z.infer<typeof streamEvent>;
