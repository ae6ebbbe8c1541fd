import type { Logger } from 'pino';
import type { BackendConfig, Config } from '../config.js';
import { localPool } from '../config-schema.js';
import { createA1111Backend } from '../engine/backends/a1111/a1111-backend.js';
import type { Backend } from '../engine/backends/backend.js';
import { createComfyUiBackend } from '../engine/backends/comfyui/comfyui-backend.js';
import { createLanczosBackend } from '../engine/backends/lanczos/lanczos-backend.js';
import type { Pool } from '../engine/backends/pools.js';
import { createSketchBackend } from '../engine/backends/sketch/sketch-backend.js';

/** The pools that the configuration names, and the hidden one that enlarges images by itself. */
export function createConfiguredPools(config: Config, log: Logger): Pool[] {
  const pools = new Map<string, { backend: Backend; slots: number }[]>();
  for (const settings of config.backends) {
    const name = settings.pool ?? settings.type;
    const instances = pools.get(name) ?? [];
    instances.push({
      backend: createBackend(settings, log),
      slots: settings.slots ?? defaultSlots[settings.type],
    });
    pools.set(name, instances);
  }
  const configured = [...pools].map(([name, instances]) => ({
    name,
    instances,
    concurrency:
      config.pools[name]?.concurrency ?? instances.reduce((sum, { slots }) => sum + slots, 0),
    hidden: false,
  }));
  const local = [{ backend: createLanczosBackend({ name: 'lanczos' }), slots: 2 }];
  return [...configured, { name: localPool, instances: local, concurrency: 2, hidden: true }];
}

/** ComfyUI and the web UIs run one prompt at a time; what more they are given waits in their own queue. */
const defaultSlots = { comfyui: 1, a1111: 1, sketch: 4 } as const;

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
  }
}
