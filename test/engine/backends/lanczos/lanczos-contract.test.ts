import { expect, it } from 'vitest';
import type { BackendRequest } from '../../../../src/engine/backends/backend.js';
import { createLanczosBackend } from '../../../../src/engine/backends/lanczos/lanczos-backend.js';
import { describeBackendContract } from '../../../contracts/backend.js';
import {
  decode,
  failureOf,
  imageDistance,
  inputImage,
  startRun,
} from '../../../contracts/backend-harness.js';

async function request(): Promise<BackendRequest> {
  return {
    runKey: 'task-1',
    operation: 'upscale',
    prompt: '',
    count: 1,
    seed: 1,
    image: await inputImage(),
    references: [],
  };
}

describeBackendContract('lanczos', async () => {
  const backend = createLanczosBackend({ name: 'lanczos' });
  const traits = {
    paid: false,
    cancel: 'exact',
    resumable: false,
    progress: false,
    preview: false,
    seed: false,
    negative: false,
    mask: false,
  } as const;
  return { backend, request: await request(), traits, close: () => backend.close() };
});

it('doubles the sides of the picture that it is given', async () => {
  const upscale = await request();
  const { images } = await startRun(createLanczosBackend({ name: 'lanczos' }), upscale).result;
  const bytes = images[0]?.bytes ?? new Uint8Array();
  expect(await decode(bytes)).toMatchObject({ width: 512, height: 384 });
  expect(await imageDistance(bytes, upscale.image?.bytes ?? bytes)).toBeLessThan(3);
});

it('says what is wrong with an upscale of no image, or of a broken one', async () => {
  const backend = createLanczosBackend({ name: 'lanczos' });
  const { image, ...without } = await request();
  const broken = { ...without, image: { ...(await inputImage()), bytes: new Uint8Array(9) } };
  for (const each of [without, broken]) {
    expect(await failureOf(startRun(backend, each).result)).toMatchObject({
      kind: 'invalid-request',
      userText: expect.stringMatching(/image/),
    });
  }
  expect(image).toBeDefined();
});
