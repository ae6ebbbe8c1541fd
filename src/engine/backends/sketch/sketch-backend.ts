import { setTimeout as delay } from 'node:timers/promises';
import type { Backend, BackendCapabilities, BackendModel, BackendRequest } from '../backend.js';
import { notResumable } from '../backend-error.js';
import { createLocalRuns, invalidRequest } from '../local-run.js';
import { type DrawingOrder, drawPicture, drawPreview } from './drawing.js';
import { readPrompt } from './prompt-reading.js';

export interface SketchBackendOptions {
  readonly name: string;
  /** Pause before each step, so that there is something to watch. One image takes 8 steps. */
  readonly stepDurationMs?: number;
  /** Waits, and rejects when the signal is aborted. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const capabilities: BackendCapabilities = {
  operations: new Set(['generate', 'edit', 'inpaint', 'vary']),
  maxCount: 4,
  aspects: 'any',
  seed: true,
  negative: true,
  strength: true,
  mask: true,
  references: 3,
  preview: true,
  progress: true,
  cancel: 'exact',
  resumable: false,
  paid: false,
};

/** A name to type, and one for the card that says what the picture is. */
interface SketchModel extends BackendModel {
  readonly label: string;
}

const plain: SketchModel = { id: 'sketch', name: 'sketch', label: 'Sketch (built-in)' };
const inked: SketchModel = {
  id: 'sketch-ink',
  name: 'sketch-ink',
  label: 'Sketch in ink (built-in)',
};
const models: readonly SketchModel[] = [plain, inked];

const stepsAnImage = 8;
const defaultStrength = 0.6;
/** Where a mask says what may change, that is to become what the prompt says. */
const defaultMaskedStrength = 1;

/**
 * Draws simple pictures by itself, without a network or a model: for trying Easel out, and for
 * tests. The same request gives the same bytes.
 */
export function createSketchBackend(options: SketchBackendOptions): Backend {
  const { name, stepDurationMs = 250 } = options;
  const sleep = options.sleep ?? ((ms, signal) => delay(ms, undefined, { signal }));
  const runs = createLocalRuns();

  return {
    name,
    type: 'sketch',
    capabilities,
    models: async () => models.map(({ id, name }) => ({ id, name })),
    health: async () => undefined,

    run(request, context) {
      return runs.run(context.signal, async (signal) => {
        const { model, orders } = plan(request);
        const images: { bytes: Uint8Array; seed: number }[] = [];
        for (const [index, order] of orders.entries()) {
          const preview = await drawPreview(order);
          for (let step = 1; step <= stepsAnImage; step++) {
            await sleep(stepDurationMs, signal);
            signal.throwIfAborted();
            // Before the last step is told, so that what is told as done is done.
            if (step === stepsAnImage) {
              images.push({ bytes: await drawPicture(order), seed: order.seed });
            }
            const share = step / stepsAnImage;
            const bytes = await preview(share);
            signal.throwIfAborted();
            context.onProgress({
              fraction: (index + share) / orders.length,
              preview: { bytes, mediaType: 'image/jpeg' },
            });
          }
        }
        return { images, model: model.label };
      });
    },

    async resume() {
      throw notResumable('A sketch', false);
    },

    cancel: async () => undefined,
    close: async () => runs.close(),
  };
}

/** @throws BackendError invalid-request */
function plan(request: BackendRequest) {
  const { operation, image, mask, references, count, prompt, negative, aspect } = request;
  if (!capabilities.operations.has(operation)) {
    throw invalidRequest(`${plain.label} cannot ${operation}.`);
  }
  if (operation !== 'generate' && !image) {
    throw invalidRequest(`There is no image to ${operation}.`);
  }
  if (operation === 'inpaint' && !mask) throw invalidRequest('There is no mask to inpaint by.');
  if (operation !== 'inpaint' && mask) throw invalidRequest(`A mask is of no use to ${operation}.`);
  if (references.length > capabilities.references) {
    throw invalidRequest(
      `${references.length} reference images came; ${capabilities.references} are the most.`,
    );
  }
  if (count < 1 || count > capabilities.maxCount) {
    throw invalidRequest(`${count} images were asked for; 1 to ${capabilities.maxCount} can be.`);
  }
  const model = models.find(({ id }) => id === (request.model ?? plain.id));
  if (!model) throw invalidRequest(`There is no model "${request.model}" here.`);
  const reading = readPrompt(prompt, negative);
  const orders = Array.from({ length: count }, (_, i): DrawingOrder => {
    return {
      reading,
      seed: (request.seed + i) % 2 ** 32,
      inInk: model === inked,
      references: references.map(({ bytes }) => bytes),
      ...(aspect && { aspect }),
      ...(image &&
        operation !== 'generate' && {
          input: {
            bytes: image.bytes,
            strength: request.strength ?? (mask ? defaultMaskedStrength : defaultStrength),
            ...(mask && { mask: mask.bytes }),
          },
        }),
    };
  });
  return { model, orders };
}
