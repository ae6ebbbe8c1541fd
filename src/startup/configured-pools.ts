import type { Logger } from 'pino';
import { localPool } from '../config/config-schema.js';
import { type BackendConfig, type Config, ConfigError } from '../config.js';
import { createA1111Backend } from '../engine/backends/a1111/a1111-backend.js';
import { createAiSdkBackend } from '../engine/backends/ai-sdk/ai-sdk-backend.js';
import type { Backend } from '../engine/backends/backend.js';
import { createComfyUiBackend } from '../engine/backends/comfyui/comfyui-backend.js';
import { createGeminiBackend } from '../engine/backends/gemini/gemini-backend.js';
import { createLanczosBackend } from '../engine/backends/lanczos/lanczos-backend.js';
import { createOpenAiBackend } from '../engine/backends/openai/openai-backend.js';
import type { Instance, Pool } from '../engine/backends/pools.js';
import { createSeedreamBackend } from '../engine/backends/seedream/seedream-backend.js';
import { createSketchBackend } from '../engine/backends/sketch/sketch-backend.js';
import { EngineError } from '../engine/engine-error.js';

/** The pools that the configuration names, and the hidden one that enlarges images by itself. */
export interface ConfiguredPools {
  /** As this configuration has them; a backend whose settings are the same is the same. */
  of(config: Config): Pool[];
  /** Closes all backends of the configuration before. */
  close(): Promise<void>;
}

export function createConfiguredPools(log: Logger): ConfiguredPools {
  const lanczos = createLanczosBackend({ name: 'lanczos' });
  const local: Pool = {
    name: localPool,
    instances: [{ backend: lanczos, slots: 2 }],
    concurrency: 2,
    hidden: true,
  };
  /** By their settings. */
  let backends = new Map<string, Backend>();

  return {
    of({ backends: listed, pools: settingsOf }) {
      const instances = new Map<string, Instance[]>();
      const next = new Map<string, Backend>();
      for (const settings of listed) {
        const key = JSON.stringify(settings);
        const backend = backends.get(key) ?? createBackend(settings, log);
        next.set(key, backend);
        const pool = settings.pool ?? settings.type;
        const slots = slotsOf(settings);
        instances.set(pool, [...(instances.get(pool) ?? []), { backend, slots }]);
      }
      backends = next;
      const configured = [...instances].map(([name, members]): Pool => {
        const { concurrency, fallback } = settingsOf[name] ?? {};
        const slots = members.reduce((sum, member) => sum + member.slots, 0);
        return {
          name,
          instances: members,
          concurrency: concurrency ?? slots,
          hidden: false,
          ...(fallback === undefined ? {} : { fallback }),
        };
      });
      return [...configured, local];
    },
    async close() {
      await Promise.all([lanczos, ...backends.values()].map((backend) => backend.close()));
    },
  };
}

/**
 * The pools of a configuration that is read anew, for a reload.
 * @throws EngineError bad-configuration
 */
export function readPoolsAnew(pools: ConfiguredPools, readConfig: () => Config): readonly Pool[] {
  try {
    return pools.of(readConfig());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new EngineError({ kind: 'bad-configuration', problems: error.problems });
  }
}

/** ComfyUI and the web UIs run one prompt at a time; what more they are given waits in their own queue. */
const defaultSlots = {
  comfyui: 1,
  a1111: 1,
  openai: 4,
  gemini: 4,
  seedream: 4,
  'ai-sdk': 4,
  sketch: 4,
} as const;

function slotsOf(settings: BackendConfig): number {
  const isAtHome = settings.type === 'openai' && (settings.flavor ?? 'openai') !== 'openai';
  return settings.slots ?? (isAtHome ? 1 : defaultSlots[settings.type]);
}

function createBackend(settings: BackendConfig, log: Logger): Backend {
  const backend = createBackendOfType(settings, log);
  if (settings.silenceSeconds === undefined) return backend;
  const silenceLimitMs = settings.silenceSeconds * 1000;
  return {
    ...backend,
    get capabilities() {
      return { ...backend.capabilities, silenceLimitMs };
    },
  };
}

function createBackendOfType(settings: BackendConfig, log: Logger): Backend {
  switch (settings.type) {
    case 'sketch':
      return createSketchBackend(settings);
    case 'a1111':
      return createA1111Backend({ ...settings, log });
    case 'comfyui':
      return createComfyUiBackend({ ...settings, log });
    case 'seedream':
      return createSeedreamBackend(settings);
    case 'ai-sdk':
      return createAiSdkBackend({ ...settings, parallelCalls: slotsOf(settings) });
    case 'openai':
      return createOpenAiBackend(settings);
    case 'gemini':
      return createGeminiBackend({ ...settings, parallelCalls: slotsOf(settings) });
  }
}
