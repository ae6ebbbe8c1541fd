import { z } from 'zod';
import { installationHint, providerNames } from '../engine/backends/ai-sdk/providers.js';
import type { OperatorWorkflow } from '../engine/backends/comfyui/operator-workflow.js';
import { servedOperations } from '../engine/backends/comfyui/served-workflow.js';
import { httpUrl, name, secret, wholeNumber } from './setting-values.js';

const common = {
  name,
  /** Backends of one pool share a queue. */
  pool: name.optional(),
  /** Tasks that it takes at the same time. */
  slots: wholeNumber(1, 1000).optional(),
  /** A run that says nothing for so long is given up. */
  silenceSeconds: wholeNumber(5, 3600).optional(),
};

const oneOf = <const T extends readonly string[]>(...values: T) =>
  z.enum(values, { error: `expected one of ${values.join(', ')}` });

/** A key stands in the file, or in a variable that the file names. */
const keyed = {
  apiKey: secret.optional(),
  apiKeyEnv: z
    .string()
    .regex(/^\w+$/, { error: 'expected the name of an environment variable' })
    .optional(),
};
/** Those offered, the first by default; otherwise what the service lists. */
const models = z.array(z.string().min(1)).min(1).optional();

const comfyUi = {
  previewMethod: z
    .enum(['auto', 'latent2rgb', 'taesd', 'none', 'default'], {
      error: 'expected auto, latent2rgb, taesd, none or default',
    })
    .optional(),
  /** Width × height of an image, by checkpoint, where its name does not tell. */
  pixels: z.record(z.string(), wholeNumber(64 * 64, 4096 * 4096)).optional(),
  /** What people see in place of a file's name. */
  names: z.record(z.string(), z.string().regex(/^\S+$/)).optional(),
  hires: z.boolean().optional(),
  /** A folder of API-format files; with what their titles do not say. */
  workflows: z
    .union(
      [
        z.string(),
        z.strictObject({
          folder: z.string(),
          files: z
            .record(
              z.string(),
              z.strictObject({
                model: z.string().regex(/^\S+$/).optional(),
                operation: z.enum(servedOperations).optional(),
                slots: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
              }),
            )
            .default({}),
        }),
      ],
      { error: 'expected a folder, or folder and files' },
    )
    .optional(),
};

export const backendSchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      ...common,
      type: z.literal('comfyui'),
      url: httpUrl,
      headers: z.record(z.string(), z.string()).optional(),
      checkpoint: z.string().optional(),
      ...comfyUi,
    }),
    z
      .strictObject({
        ...common,
        ...keyed,
        type: z.literal('openai'),
        url: httpUrl.optional(),
        flavor: oneOf('openai', 'sdcpp', 'localai', 'vllm-omni').optional(),
        models,
        quality: oneOf('low', 'medium', 'high', 'auto').optional(),
        moderation: oneOf('low', 'auto').optional(),
        partialImages: wholeNumber(0, 3).optional(),
        pixels: wholeNumber(64 * 64, 4096 * 4096).optional(),
        steps: wholeNumber(1, 500).optional(),
        guidance: z.number({ error: 'expected a number' }).min(0).max(100).optional(),
        livePromptSyntax: z.boolean({ error: 'expected true or false' }).optional(),
      })
      .refine(({ apiKey, apiKeyEnv, url }) => (apiKey ?? apiKeyEnv ?? url) !== undefined, {
        path: ['apiKey'],
        error: 'expected apiKey or apiKeyEnv, or the url of a server that asks for none',
      })
      .refine(({ flavor, url }) => (flavor ?? 'openai') === 'openai' || url !== undefined, {
        path: ['url'],
        error: 'expected the address of the server, as its flavor is not openai',
      }),
    z
      .strictObject({
        ...common,
        ...keyed,
        type: z.literal('gemini'),
        url: httpUrl.optional(),
        models,
        imageSize: oneOf('1K', '2K', '4K').optional(),
      })
      .refine(({ apiKey, apiKeyEnv }) => (apiKey ?? apiKeyEnv) !== undefined, {
        path: ['apiKey'],
        error: 'expected apiKey or apiKeyEnv',
      }),
    z
      .strictObject({
        ...common,
        ...keyed,
        type: z.literal('seedream'),
        url: httpUrl.optional(),
        models,
        watermark: z.boolean({ error: 'expected true or false' }).optional(),
      })
      .refine(({ apiKey, apiKeyEnv }) => (apiKey ?? apiKeyEnv) !== undefined, {
        path: ['apiKey'],
        error: 'expected apiKey or apiKeyEnv',
      }),
    z
      .strictObject({
        ...common,
        ...keyed,
        type: z.literal('ai-sdk'),
        provider: z.enum(providerNames, { error: `expected one of ${providerNames.join(', ')}` }),
        model: z.string({ error: "expected the model's id" }).min(1),
        url: httpUrl.optional(),
      })
      .refine(({ provider, url }) => provider !== 'openai-compatible' || url !== undefined, {
        path: ['url'],
        error: 'expected the address of the server',
      })
      .superRefine(({ provider }, context) => {
        const hint = installationHint(provider);
        if (hint === undefined) return;
        const message = `expected the package of ${provider} to be installed: ${hint}`;
        context.addIssue({ code: 'custom', path: ['provider'], message });
      }),
    z.strictObject({
      ...common,
      type: z.literal('a1111'),
      url: httpUrl,
      headers: z.record(z.string(), z.string()).optional(),
      checkpoint: z.string().min(1).optional(),
      sampler: z.string().min(1).optional(),
      scheduler: z.string().min(1).optional(),
      steps: wholeNumber(1, 500).optional(),
      cfgScale: z.number({ error: 'expected a number' }).min(0).max(100).optional(),
      upscaler: z.string().min(1).optional(),
      livePromptSyntax: z.boolean({ error: 'expected true or false' }).optional(),
    }),
    z.strictObject({
      ...common,
      type: z.literal('sketch'),
      stepDurationMs: wholeNumber(0, 60_000).optional(),
    }),
  ],
  { error: 'expected the type comfyui, a1111, openai, gemini, seedream, ai-sdk or sketch' },
);
/** As `easel.yaml` has it. */
export type ListedBackend = z.infer<typeof backendSchema>;
type ListedComfyUi = Extract<ListedBackend, { type: 'comfyui' }>;
/** With the files read that it names. */
export type BackendConfig =
  | Exclude<ListedBackend, ListedComfyUi>
  | (Omit<ListedComfyUi, 'workflows'> & { workflows?: readonly OperatorWorkflow[] });
