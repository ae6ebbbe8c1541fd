import { z } from 'zod';

/**
 * What `sdapi/v1` and `/internal/progress` answer, as far as we read it: `modules/api/models.py` and
 * `modules/progress.py` of the web UI, with what Forge and SD.Next do otherwise.
 */

export const checkpoints = z.array(
  z.object({ title: z.string().min(1), model_name: z.string().catch('') }),
);
export type Checkpoint = z.infer<typeof checkpoints>[number];

export const options = z.object({ sd_model_checkpoint: z.string().nullish().catch(undefined) });

/** Samplers, upscalers. */
export const named = z.array(z.object({ name: z.string() }));

export const schedulers = z.array(
  z.object({ name: z.string().catch(''), label: z.string().catch('') }),
);

export const generation = z.object({
  images: z.array(z.string()).nullable(),
  /** JSON in a string; SD.Next sends the empty string where it has none. */
  info: z.unknown(),
});

const generationInfo = z.object({
  all_seeds: z.array(z.number()).catch([]),
  /** 1 where a grid stands before the images. */
  index_of_first_image: z.number().int().nonnegative().catch(0),
});
export type GenerationInfo = z.infer<typeof generationInfo>;

/** Without it an image is still an image. */
export function readInfo(info: unknown): GenerationInfo {
  try {
    return generationInfo.parse(typeof info === 'string' ? JSON.parse(info) : info);
  } catch {
    return { all_seeds: [], index_of_first_image: 0 };
  }
}

export const upscaled = z.object({ image: z.string() });

/** Of the task that was asked for. */
export const taskProgress = z.object({
  active: z.boolean(),
  queued: z.boolean(),
  progress: z.number().nullish().catch(undefined),
  live_preview: z.string().nullish().catch(undefined),
  id_live_preview: z.number().nullish().catch(undefined),
});
export type TaskProgressAnswer = z.infer<typeof taskProgress>;

/** Of whatever runs. */
export const globalProgress = z.object({
  progress: z.number().catch(0),
  state: z
    .object({
      job: z.string().nullish().catch(undefined),
      job_count: z.number().nullish().catch(undefined),
      job_timestamp: z.string().nullish().catch(undefined),
      /** Of the run that is at work or was last; the next one's beginning sets it back. */
      interrupted: z.boolean().nullish().catch(undefined),
    })
    .nullish()
    .catch(undefined),
  current_image: z.string().nullish().catch(undefined),
  /** Only newer versions name the task that runs. */
  current_task: z.string().nullish().catch(undefined),
});
export type GlobalProgressAnswer = z.infer<typeof globalProgress>;

/** `{error, detail, errors}` of the web UI's own handler, or FastAPI's `{detail}`. */
export const failure = z.object({
  error: z.string().optional().catch(undefined),
  errors: z.string().optional().catch(undefined),
  detail: z
    .union([
      z.string(),
      z
        .array(z.object({ loc: z.array(z.unknown()).catch([]), msg: z.string().catch('') }))
        .transform((problems) =>
          problems.map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg}`).join('; '),
        ),
    ])
    .optional()
    .catch(undefined),
});
