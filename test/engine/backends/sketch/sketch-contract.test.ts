import { setTimeout as delay } from 'node:timers/promises';
import type { BackendRequest } from '../../../../src/engine/backends/backend.js';
import { createSketchBackend } from '../../../../src/engine/backends/sketch/sketch-backend.js';
import { type BackendHarness, describeBackendContract } from '../../../contracts/backend.js';

const request: BackendRequest = {
  runKey: 'task-1',
  operation: 'generate',
  prompt: 'a red fox in the snow',
  count: 1,
  seed: 7,
  references: [],
};

async function createHarness(model: string): Promise<BackendHarness> {
  let isHeld = false;
  let markBegun = () => {};
  const begun = new Promise<void>((resolve) => {
    markBegun = resolve;
  });
  const backend = createSketchBackend({
    name: 'sketch',
    sleep: async (_ms, signal) => {
      if (!isHeld) return;
      markBegun();
      await delay(600_000, undefined, { signal });
    },
  });
  return {
    backend,
    request: { ...request, model },
    traits: {
      paid: false,
      cancel: 'exact',
      resumable: false,
      progress: true,
      preview: true,
      seed: true,
      negative: true,
      mask: true,
    },
    holdRuns: () => {
      isHeld = true;
    },
    runBegan: () => begun,
    close: () => backend.close(),
  };
}

describeBackendContract('sketch', () => createHarness('sketch'));
describeBackendContract('sketch-ink', () => createHarness('sketch-ink'));
