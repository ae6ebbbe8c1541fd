import { z } from 'zod';
import { installationHint, providerNames } from './engine/backends/ai-sdk/providers.js';
import type { OperatorWorkflow } from './engine/backends/comfyui/operator-workflow.js';
import { servedOperations } from './engine/backends/comfyui/served-workflow.js';

export const discordApiUrl = 'https://discord.com/api';

const httpUrl = z
  .string({ error: 'expected an http:// or https:// address' })
  .refine((value) => /^https?:$/.test(urlProtocol(value) ?? ''), {
    error: 'expected an http:// or https:// address',
  })
  .transform((value) => value.replace(/\/+$/, ''));

const secret = z
  .string()
  .regex(/^\S+$/, { error: 'expected the secret without spaces or line breaks' });

const wholeNumber = (min: number, max: number) =>
  z.coerce
    .number({ error: `expected a whole number from ${min} to ${max}` })
    .int({ error: `expected a whole number from ${min} to ${max}` })
    .min(min, { error: `expected a whole number from ${min} to ${max}` })
    .max(max, { error: `expected a whole number from ${min} to ${max}` });

const roleNames = ['discord', 'telegram', 'worker', 'http'] as const;
export type Role = (typeof roleNames)[number];

const commaList = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

export const environmentSchema = z.object({
  DISCORD_TOKEN: secret.optional(),
  DISCORD_API_URL: httpUrl
    .refine((value) => value.endsWith('/api'), { error: 'expected an address that ends in /api' })
    .default(discordApiUrl),
  DISCORD_CDN_HOSTS: commaList
    .refine((hosts) => hosts.every((host) => /^[\w.[\]:-]+$/.test(host)), {
      error: 'expected hosts with or without a port, separated by commas',
    })
    .default(['cdn.discordapp.com', 'media.discordapp.net']),
  TELEGRAM_TOKEN: secret
    .regex(/^\d+:[\w-]+$/, { error: 'expected a bot token such as 123456:ABC…' })
    .optional(),
  TELEGRAM_API_ROOT: httpUrl.default('https://api.telegram.org'),
  DATABASE_URL: z
    .string()
    .refine((value) => /^postgres(ql)?:$/.test(urlProtocol(value) ?? ''), {
      error: 'expected a postgres:// address',
    })
    .optional(),
  REDIS_URL: z
    .string()
    .refine((value) => /^rediss?:$/.test(urlProtocol(value) ?? ''), {
      error: 'expected a redis:// or rediss:// address',
    })
    .optional(),
  EASEL_DATA_DIR: z.string().default('./data'),
  EASEL_ADMINS: commaList
    .refine((ids) => ids.every((id) => /^(discord|telegram):\d+$/.test(id)), {
      error: 'expected discord:ID or telegram:ID, separated by commas',
    })
    .default([]),
  EASEL_ROLES: commaList
    .pipe(z.array(z.enum(roleNames, { error: `expected some of ${roleNames.join(', ')}` })).min(1))
    .optional(),
  HTTP_PORT: wholeNumber(0, 65535).optional(),
  PUBLIC_URL: httpUrl.optional(),
  EASEL_SECRET: secret.min(16, { error: 'expected at least 16 characters' }).optional(),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'expected trace, debug, info, warn, error, fatal or silent',
    })
    .default('info'),
  COMFYUI_URL: httpUrl.optional(),
  OPENAI_API_KEY: secret.optional(),
  OPENAI_BASE_URL: httpUrl.optional(),
  GEMINI_API_KEY: secret.optional(),
  GEMINI_BASE_URL: httpUrl.optional(),
  A1111_URL: httpUrl.optional(),
  ARK_API_KEY: secret.optional(),
  ARK_BASE_URL: httpUrl.optional(),
});

const name = z
  .string({ error: 'expected a name' })
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/i, { error: 'expected letters, digits and dashes' });
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

const backendSchema = z.discriminatedUnion(
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

export const fileSchema = z.strictObject({
  backends: z
    .array(backendSchema)
    .refine((backends) => new Set(backends.map(({ name }) => name)).size === backends.length, {
      error: 'expected a different name for each backend',
    })
    .default([]),
  pools: z
    .record(
      name,
      z.strictObject({
        concurrency: wholeNumber(1, 1000).optional(),
        /** The pool that takes what waits while all backends of this one are away or exhausted. */
        fallback: name.optional(),
      }),
    )
    .default({}),
  limits: z
    .strictObject({
      /** Waiting tasks of one user, at most. */
      waitingTasks: wholeNumber(1, 100_000).default(100),
      /** Running tasks of one user at a time, while others wait. */
      runningTasks: wholeNumber(1, 1000).default(3),
      /** The same, though slots idle; off by default. */
      hardRunningTasks: wholeNumber(1, 1000).optional(),
      /** Images that one user may ask for on one day (UTC); off by default. */
      userImagesPerDay: wholeNumber(1, 1_000_000).optional(),
      /** The same of one server or chat. */
      scopeImagesPerDay: wholeNumber(1, 1_000_000).optional(),
      /** Turns of an administrator for one of everybody else. */
      adminWeight: wholeNumber(1, 100).default(1),
      /** Of one prompt, without its flags. */
      promptMaxCharacters: wholeNumber(1, 6000).default(4000),
    })
    .prefault({}),
  images: z
    .strictObject({
      /** Whether images keep in their files how they were made. */
      metadata: z.enum(['keep', 'strip'], { error: 'expected keep or strip' }).default('keep'),
    })
    .prefault({}),
  /** What is kept of stored images; everything, where a number is left out. */
  retention: z
    .strictObject({
      days: wholeNumber(1, 36_500).optional(),
      totalMegabytes: wholeNumber(1, 1_000_000_000).optional(),
    })
    .prefault({}),
});

export type FileSettings = z.infer<typeof fileSchema>;
export type Limits = FileSettings['limits'];
/** The hidden pool that enlarges images without any backend. */
export const localPool = 'local';
export type Environment = z.infer<typeof environmentSchema>;

function urlProtocol(value: string): string | undefined {
  return URL.canParse(value) ? new URL(value).protocol : undefined;
}
