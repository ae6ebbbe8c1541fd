import { upscaleImage } from '../../images/upscale.js';
import type { Backend, BackendCapabilities, BackendModel } from '../backend.js';
import { notResumable } from '../backend-error.js';
import { createLocalRuns, invalidRequest } from '../local-run.js';

export interface LanczosBackendOptions {
  readonly name: string;
}

const capabilities: BackendCapabilities = {
  operations: new Set(['upscale']),
  maxCount: 1,
  aspects: 'any',
  seed: false,
  negative: false,
  strength: false,
  mask: false,
  references: 0,
  preview: false,
  progress: false,
  cancel: 'exact',
  resumable: false,
  paid: false,
};

const model: BackendModel = { id: 'lanczos-x2', name: 'Lanczos ×2' };

/** Doubles a picture's sides by resampling: what upscales where the model's own backend cannot. */
export function createLanczosBackend({ name }: LanczosBackendOptions): Backend {
  const runs = createLocalRuns();
  return {
    name,
    type: 'lanczos',
    capabilities,
    models: async () => [model],
    health: async () => undefined,

    run(request, context) {
      return runs.run(context.signal, async (signal) => {
        if (request.operation !== 'upscale') {
          throw invalidRequest(`${model.name} can only upscale, not ${request.operation}.`);
        }
        if (!request.image) throw invalidRequest('There is no image to upscale.');
        if (request.mask || request.references.length > 0) {
          throw invalidRequest(`${model.name} takes neither a mask nor reference images.`);
        }
        const { bytes } = await upscaleImage(request.image.bytes, { factor: 2, signal });
        return { images: [{ bytes }], model: model.name };
      });
    },

    async resume() {
      throw notResumable('An upscale by resampling', false);
    },

    cancel: async () => undefined,
    close: async () => runs.close(),
  };
}
