import { z } from 'zod';

/** What ComfyUI answers, as far as we read it. Recorded examples: `test/fixtures/comfyui/`. */

const nodeProblem = z.object({
  type: z.string().catch(''),
  message: z.string().catch(''),
  details: z.string().catch(''),
  extra_info: z
    .object({ input_name: z.string().optional(), received_value: z.unknown().optional() })
    .optional()
    .catch(undefined),
});

/** Empty is `{}` on every version; old ones may leave it out. */
const nodeErrors = z
  .record(
    z.string(),
    z.object({ errors: z.array(nodeProblem).catch([]), class_type: z.string().optional() }),
  )
  .optional()
  .catch(undefined);

export const promptAnswer = z.object({ prompt_id: z.string().min(1), node_errors: nodeErrors });

export const promptRefusal = z.object({
  error: z
    .union([
      z.object({ message: z.string().catch(''), details: z.string().catch('') }),
      z.string().transform((message) => ({ message, details: '' })),
    ])
    .optional()
    .catch(undefined),
  node_errors: nodeErrors,
});
export type PromptRefusal = z.infer<typeof promptRefusal>;

const clientIdIn = z
  .object({ client_id: z.string() })
  .transform(({ client_id }) => client_id)
  .optional()
  .catch(undefined);

/** `[number, id, graph, extra, outputs]`; the client's id stands in what is extra. */
const queueItem = z
  .tuple([z.unknown(), z.string()])
  .rest(z.unknown())
  .transform(([, id, , extra]) => ({ id, clientId: clientIdIn.parse(extra) }));

export const queueAnswer = z.object({
  queue_running: z.array(queueItem),
  queue_pending: z.array(queueItem),
});

const storedImage = z.object({
  filename: z.string().min(1),
  subfolder: z.string().catch(''),
  type: z.string().catch('output'),
});
export type StoredImage = z.infer<typeof storedImage>;

const historyEntry = z.object({
  prompt: queueItem.optional().catch(undefined),
  outputs: z.record(
    z.string(),
    z.object({ images: z.array(storedImage).optional().catch(undefined) }).catch({}),
  ),
  /** Null on servers of 2023. */
  status: z
    .object({
      status_str: z.string().catch(''),
      completed: z.boolean().catch(false),
      messages: z.array(z.tuple([z.string(), z.unknown()])).catch([]),
    })
    .nullish(),
});
export type HistoryEntry = z.infer<typeof historyEntry>;

export const historyAnswer = z.record(z.string(), historyEntry);

export const executionError = z.object({
  node_type: z.string().optional().catch(undefined),
  exception_type: z.string().optional().catch(undefined),
  exception_message: z.string().optional().catch(undefined),
});
export type ExecutionError = z.infer<typeof executionError>;

export const uploadAnswer = z.object({
  name: z.string().min(1),
  subfolder: z.string().catch(''),
});

export const systemStats = z.object({ system: z.object({}) });

export const fileNames = z.array(z.string());

/** The list stands first in the input's pair, or, on newer servers, as `options` in the second. */
export const loaderInfo = z.object({
  CheckpointLoaderSimple: z.object({
    input: z.object({
      required: z.object({
        ckpt_name: z.union([
          z
            .tuple([fileNames])
            .rest(z.unknown())
            .transform(([names]) => names),
          z
            .tuple([z.string(), z.object({ options: fileNames })])
            .rest(z.unknown())
            .transform(([, { options }]) => options),
        ]),
      }),
    }),
  }),
});

export const jobCancelAnswer = z.object({ cancelled: z.boolean() });
