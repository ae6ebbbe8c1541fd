import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import type { BackendConfig } from './config/backend-schema.js';
import {
  discordApiUrl,
  type Environment,
  environmentSchema,
  type FileSettings,
  fileSchema,
  type Limits,
  localPool,
  type Role,
} from './config/config-schema.js';
import { environmentBackends, shortcutsIn, withKeys } from './config/environment-backends.js';
import { withWorkflows } from './config/workflow-settings.js';
import { parseRedisUrl } from './engine/queue/redis-address.js';

export type { BackendConfig } from './config/backend-schema.js';
export type { Role } from './config/config-schema.js';

export interface Config {
  readonly discord?: {
    readonly token: string;
    readonly apiUrl: string;
    readonly cdnHosts: readonly string[];
  };
  readonly telegram?: { readonly token: string; readonly apiRoot: string };
  readonly databaseUrl?: string;
  readonly redisUrl?: string;
  readonly dataDir: string;
  readonly admins: ReadonlySet<string>;
  readonly roles: ReadonlySet<Role>;
  readonly httpPort?: number;
  readonly logLevel: Environment['LOG_LEVEL'];
  readonly backends: readonly BackendConfig[];
  readonly pools: FileSettings['pools'];
  readonly limits: Limits;
  /** For links to images from outside; absent, there are none. */
  readonly links?: { readonly publicUrl: string; readonly secret: string };
  readonly images: FileSettings['images'];
  readonly retention: FileSettings['retention'];
  /** Values that must never reach a log. */
  readonly secrets: readonly string[];
  /** Settings that are known but do nothing in this version. */
  readonly unused: readonly string[];
}

/** All that is wrong, a line each: `KEY: what was expected`. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`Wrong settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Reads the environment, `.env` below it, and `easel.yaml`.
 * @throws ConfigError with every problem at once, and no secret in it
 */
export function loadConfig(environment: NodeJS.ProcessEnv, folder: string): Config {
  const problems: string[] = [];
  const env = withoutEmpty({
    ...readEnvFile(resolve(folder, '.env')),
    ...withoutEmpty(environment),
  });
  const parsed = environmentSchema.safeParse(env);
  if (!parsed.success) problems.push(...describe(parsed.error, ''));
  const file = readConfigFile(env.EASEL_CONFIG, folder, problems);
  const fileParsed = fileSchema.safeParse(file.content);
  if (!fileParsed.success) problems.push(...describe(fileParsed.error, `${file.name}: `));
  const roles = chooseRoles(env, problems);
  const dataDir = resolve(folder, env.EASEL_DATA_DIR ?? './data');
  if (existsSync(dataDir) && !statSync(dataDir).isDirectory()) {
    problems.push(`EASEL_DATA_DIR: expected a folder, but ${dataDir} is a file`);
  }
  if (fileParsed.success) problems.push(...nameProblems(fileParsed.data, env, file.name));
  const configFolder = dirname(resolve(folder, env.EASEL_CONFIG ?? 'easel.yaml'));
  const read = withWorkflows(fileParsed.data?.backends ?? [], configFolder);
  const keyed = withKeys(read.backends, env);
  problems.push(...read.problems, ...keyed.problems);
  for (const [key, other] of [
    ['PUBLIC_URL', 'EASEL_SECRET'],
    ['EASEL_SECRET', 'PUBLIC_URL'],
  ] as const) {
    if (env[other] && !env[key]) problems.push(`${key}: expected, since ${other} is set`);
  }
  if (!parsed.success || !fileParsed.success || problems.length > 0)
    throw new ConfigError(problems);

  const values = parsed.data;
  const { pools, limits, images, retention } = fileParsed.data;
  const backends = [...keyed.backends, ...environmentBackends(values)];
  return {
    ...(values.DISCORD_TOKEN
      ? {
          discord: {
            token: values.DISCORD_TOKEN,
            apiUrl: values.DISCORD_API_URL,
            cdnHosts: cdnHostsOf(values.DISCORD_CDN_HOSTS, values.DISCORD_API_URL),
          },
        }
      : {}),
    ...(values.TELEGRAM_TOKEN
      ? { telegram: { token: values.TELEGRAM_TOKEN, apiRoot: values.TELEGRAM_API_ROOT } }
      : {}),
    ...(values.DATABASE_URL ? { databaseUrl: values.DATABASE_URL } : {}),
    ...(values.REDIS_URL ? { redisUrl: values.REDIS_URL } : {}),
    dataDir,
    admins: new Set(values.EASEL_ADMINS),
    roles,
    ...(values.HTTP_PORT === undefined ? {} : { httpPort: values.HTTP_PORT }),
    logLevel: values.LOG_LEVEL,
    backends: backends.length > 0 ? backends : [{ name: 'sketch', type: 'sketch' }],
    pools,
    limits,
    images,
    retention,
    ...(values.PUBLIC_URL && values.EASEL_SECRET
      ? { links: { publicUrl: values.PUBLIC_URL, secret: values.EASEL_SECRET } }
      : {}),
    secrets: secretsIn(values, backends),
    unused: Object.keys(env).filter((key) => laterSettings.test(key)),
  };
}

/** Settings of parts that this version does not have. */
const laterSettings = /^S3_\w+$/;

/** A stand-in or proxy of Discord serves its files itself. */
function cdnHostsOf(listed: readonly string[], apiUrl: string): readonly string[] {
  return apiUrl === discordApiUrl ? listed : [...listed, new URL(apiUrl).host];
}

/** By what is set, right or wrong, so that this is told beside what is wrong with it. */
function chooseRoles(env: NodeJS.ProcessEnv, problems: string[]): ReadonlySet<Role> {
  const needs = {
    discord: 'DISCORD_TOKEN',
    telegram: 'TELEGRAM_TOKEN',
    http: 'HTTP_PORT',
  } as const;
  const possible = new Set<Role>(['worker']);
  for (const role of ['discord', 'telegram', 'http'] as const) {
    if (env[needs[role]]) possible.add(role);
  }
  if (!env.EASEL_ROLES) {
    if (!possible.has('discord') && !possible.has('telegram')) problems.push(noTokenText);
    return possible;
  }
  const named = environmentSchema.shape.EASEL_ROLES.safeParse(env.EASEL_ROLES);
  const roles = new Set(named.data);
  // Told by the schema already.
  if (!named.success) return roles;
  for (const role of roles) {
    if (role !== 'worker' && !possible.has(role)) {
      problems.push(`${needs[role]}: expected, since EASEL_ROLES names ${role}`);
    }
  }
  const isSplit =
    [...possible].some((role) => role !== 'http' && !roles.has(role)) ||
    !(roles.has('discord') || roles.has('telegram'));
  const because = 'expected, since EASEL_ROLES splits the work over several processes';
  if (isSplit && !env.REDIS_URL) {
    problems.push(`REDIS_URL: ${because}: without Redis they cannot signal each other`);
  }
  if (isSplit && !env.DATABASE_URL) {
    problems.push(`DATABASE_URL: ${because}: they share one record`);
  }
  return roles;
}

/** Slots, health and handles go by a backend's name, and settings by a pool's. */
function nameProblems(
  { backends, pools }: FileSettings,
  env: NodeJS.ProcessEnv,
  fileName: string,
): string[] {
  const problems: string[] = [];
  const shortcuts = shortcutsIn(env);
  for (const { key, name } of shortcuts) {
    if (!backends.some((backend) => backend.name === name)) continue;
    problems.push(`${fileName}: backends: expected another name than ${name}, which ${key} has`);
  }
  const names = new Set(backends.map(({ pool, type }) => pool ?? type));
  for (const { name } of shortcuts) names.add(name);
  if (names.size === 0) names.add('sketch');
  if (names.has(localPool)) {
    problems.push(`${fileName}: backends: expected another pool than ${localPool}, Easel's own`);
  }
  const listed = [...names].join(', ');
  for (const [name, { fallback }] of Object.entries(pools)) {
    if (!names.has(name)) problems.push(`${fileName}: pools.${name}: expected one of ${listed}`);
    if (fallback !== undefined && (fallback === name || !names.has(fallback))) {
      problems.push(`${fileName}: pools.${name}.fallback: expected another pool of ${listed}`);
    }
  }
  return problems;
}

const noTokenText =
  'DISCORD_TOKEN or TELEGRAM_TOKEN: expected at least one bot token. To see Easel without one: npm run demo';

function readEnvFile(path: string): Record<string, string | undefined> {
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {};
}

function readConfigFile(
  named: string | undefined,
  folder: string,
  problems: string[],
): { readonly name: string; readonly content: unknown } {
  const path = resolve(folder, named ?? 'easel.yaml');
  if (!existsSync(path)) {
    if (named) problems.push(`EASEL_CONFIG: expected a file, but there is none at ${path}`);
    return { name: 'easel.yaml', content: {} };
  }
  try {
    return { name: named ?? 'easel.yaml', content: parseYaml(readFileSync(path, 'utf8')) ?? {} };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    problems.push(`${path}: expected YAML: ${reason}`);
    return { name: path, content: {} };
  }
}

/** A variable that is set to nothing counts as absent: compose files and shells make such. */
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
}

/** Never the value: it may be a secret in the wrong place. */
function describe(error: z.ZodError, prefix: string): string[] {
  return error.issues.map((issue) => {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : undefined;
    const at = [...issue.path, ...(unknown ? [unknown] : [])].join('.');
    const message = unknown ? 'expected only known settings' : lowerFirst(issue.message);
    return `${prefix}${at}: ${message}`;
  });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function secretsIn(env: Environment, backends: readonly BackendConfig[]): string[] {
  const redis = env.REDIS_URL ? parseRedisUrl(env.REDIS_URL) : undefined;
  const passwords = [
    env.DATABASE_URL && new URL(env.DATABASE_URL).password,
    redis?.password,
    redis?.kind === 'sentinel' ? redis.sentinelPassword : undefined,
  ];
  const ofBackends = backends.flatMap((backend) => [
    ...('headers' in backend ? Object.values(backend.headers ?? {}) : []).flatMap((value) => [
      value,
      // What follows `Bearer`, or `Basic`.
      value.split(' ').at(-1),
    ]),
    'url' in backend && backend.url !== undefined ? new URL(backend.url).password : undefined,
    ...('apiKey' in backend ? [backend.apiKey] : []),
  ]);
  return [
    env.DISCORD_TOKEN,
    env.TELEGRAM_TOKEN,
    env.EASEL_SECRET,
    ...passwords,
    ...ofBackends,
  ].filter((value): value is string => value !== undefined && value !== '');
}
