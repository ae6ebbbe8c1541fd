import type { BackendConfig } from './backend-schema.js';
import type { Environment } from './config-schema.js';

/** A backend that an environment variable alone makes, under the name of its type. */
interface Shortcut {
  readonly key: keyof Environment;
  readonly name: BackendConfig['type'];
  readonly backend: (value: string, env: Partial<Environment>) => BackendConfig;
}

const shortcuts: readonly Shortcut[] = [
  {
    key: 'COMFYUI_URL',
    name: 'comfyui',
    backend: (url) => ({ name: 'comfyui', type: 'comfyui', url }),
  },
  {
    key: 'OPENAI_API_KEY',
    name: 'openai',
    backend: (apiKey, { OPENAI_BASE_URL: url }) => ({
      name: 'openai',
      type: 'openai',
      apiKey,
      ...(url !== undefined && { url }),
    }),
  },
  {
    key: 'GEMINI_API_KEY',
    name: 'gemini',
    backend: (apiKey, { GEMINI_BASE_URL: url }) => ({
      name: 'gemini',
      type: 'gemini',
      apiKey,
      ...(url !== undefined && { url }),
    }),
  },
  {
    key: 'A1111_URL',
    name: 'a1111',
    backend: (url) => ({ name: 'a1111', type: 'a1111', url }),
  },
  {
    key: 'ARK_API_KEY',
    name: 'seedream',
    backend: (apiKey, { ARK_BASE_URL: url }) => ({
      name: 'seedream',
      type: 'seedream',
      apiKey,
      ...(url !== undefined && { url }),
    }),
  },
];

/** The shortcuts that are set, right or wrong. */
export function shortcutsIn(env: NodeJS.ProcessEnv): readonly Pick<Shortcut, 'key' | 'name'>[] {
  return shortcuts.filter(({ key }) => env[key] !== undefined);
}

export function environmentBackends(values: Partial<Environment>): readonly BackendConfig[] {
  return shortcuts.flatMap(({ key, backend }) => {
    const value = values[key];
    return typeof value === 'string' ? [backend(value, values)] : [];
  });
}

/**
 * The backends with the keys that they name by variable.
 * @returns beside them, what is wrong with a key, a line each
 */
export function withKeys(
  backends: readonly BackendConfig[],
  env: NodeJS.ProcessEnv,
): { readonly backends: readonly BackendConfig[]; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const keyed = backends.map((backend) => {
    if (!('apiKeyEnv' in backend) || backend.apiKeyEnv === undefined) return backend;
    const apiKey = env[backend.apiKeyEnv];
    if (apiKey !== undefined) return { ...backend, apiKey };
    problems.push(
      `${backend.apiKeyEnv}: expected, since the backend ${backend.name} takes its key from it`,
    );
    return backend;
  });
  return { backends: keyed, problems };
}
