import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import {
  type BackendConfig,
  discordApiUrl,
  type Environment,
  environmentSchema,
  fileSchema,
  type Limits,
  type Role,
} from './config-schema.js';

export type { BackendConfig, Role } from './config-schema.js';

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
  readonly pools: Readonly<Record<string, { readonly concurrency: number }>>;
  readonly limits: Limits;
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
  const roles = parsed.success ? chooseRoles(parsed.data, problems) : new Set<Role>();
  if (!parsed.success || !fileParsed.success || problems.length > 0)
    throw new ConfigError(problems);

  const values = parsed.data;
  const { backends, pools, limits } = fileParsed.data;
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
    dataDir: resolve(folder, values.EASEL_DATA_DIR),
    admins: new Set(values.EASEL_ADMINS),
    roles,
    ...(values.HTTP_PORT === undefined ? {} : { httpPort: values.HTTP_PORT }),
    logLevel: values.LOG_LEVEL,
    backends: configuredBackends(backends, values.COMFYUI_URL),
    pools,
    limits,
    secrets: secretsIn(values, backends),
    unused: Object.keys(env).filter((key) => laterSettings.test(key)),
  };
}

/** Settings of parts that this version does not have. */
const laterSettings = /^(A1111_URL|OPENAI_API_KEY|GEMINI_API_KEY|ARK_API_KEY|S3_\w+|PUBLIC_URL)$/;

/** A stand-in or proxy of Discord serves its files itself. */
function cdnHostsOf(listed: readonly string[], apiUrl: string): readonly string[] {
  return apiUrl === discordApiUrl ? listed : [...listed, new URL(apiUrl).host];
}

function configuredBackends(
  listed: readonly BackendConfig[],
  comfyUiUrl: string | undefined,
): readonly BackendConfig[] {
  const fromEnvironment: BackendConfig[] = comfyUiUrl
    ? [{ name: 'comfyui', type: 'comfyui', url: comfyUiUrl }]
    : [];
  const all = [...listed, ...fromEnvironment];
  return all.length > 0 ? all : [{ name: 'sketch', type: 'sketch' }];
}

function chooseRoles(env: Environment, problems: string[]): ReadonlySet<Role> {
  const possible = new Set<Role>(['worker']);
  if (env.DISCORD_TOKEN) possible.add('discord');
  if (env.TELEGRAM_TOKEN) possible.add('telegram');
  if (env.HTTP_PORT !== undefined) possible.add('http');
  const needs = { discord: 'DISCORD_TOKEN', telegram: 'TELEGRAM_TOKEN', http: 'HTTP_PORT' };
  const roles = new Set(env.EASEL_ROLES ?? possible);
  for (const role of roles) {
    if (role !== 'worker' && !possible.has(role)) {
      problems.push(`${needs[role]}: expected, since EASEL_ROLES names ${role}`);
    }
  }
  if (!env.EASEL_ROLES && !possible.has('discord') && !possible.has('telegram')) {
    problems.push(noTokenText);
  }
  const split =
    [...possible].some((role) => role !== 'http' && !roles.has(role)) ||
    !(roles.has('discord') || roles.has('telegram'));
  if (env.EASEL_ROLES && split && !env.REDIS_URL) {
    problems.push(
      'REDIS_URL: expected, since EASEL_ROLES splits the work over several processes: without Redis they cannot signal each other',
    );
  }
  if (env.EASEL_ROLES && split && !env.DATABASE_URL) {
    problems.push(
      'DATABASE_URL: expected, since EASEL_ROLES splits the work over several processes: they share one record',
    );
  }
  return roles;
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
  const passwords = [env.DATABASE_URL, env.REDIS_URL].map((url) => url && new URL(url).password);
  const headers = backends.flatMap((backend) =>
    backend.type === 'comfyui' ? Object.values(backend.headers ?? {}) : [],
  );
  return [env.DISCORD_TOKEN, env.TELEGRAM_TOKEN, ...passwords, ...headers].filter(
    (value): value is string => value !== undefined && value.length >= 6,
  );
}
