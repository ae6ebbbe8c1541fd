import { z } from 'zod';
import { parseRedisUrl, redisUrlForms } from '../engine/queue/redis-address.js';
import { backendSchema } from './backend-schema.js';
import { httpUrl, name, secret, urlProtocol, wholeNumber } from './setting-values.js';

export const discordApiUrl = 'https://discord.com/api';

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
    .refine((value) => parseRedisUrl(value) !== undefined, { error: `expected ${redisUrlForms}` })
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
