import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import type { BackendRequest } from '../../../../src/engine/backends/backend.js';
import { failureOf, inputImage, leftHalf, startRun } from '../../../contracts/backend-harness.js';
import { generate, startPair } from './openai-fixture.js';

type Pair = Awaited<ReturnType<typeof startPair>>;
let pair: Pair | undefined;
const open = async (...options: Parameters<typeof startPair>) => {
  pair = await startPair(...options);
  return pair;
};
afterEach(async () => {
  await pair?.close();
  pair = undefined;
});

const run = (backend: Pair['backend'], request: Partial<BackendRequest> = {}) =>
  startRun(backend, { ...generate, ...request }).result;
const qwen = { models: ['qwen-image'] };

describe('OpenAI', () => {
  it('is asked to show an image on its way, and its partial images are previews', async () => {
    const { server, backend } = await open();
    const started = startRun(backend, generate);
    await started.result;
    expect(server.orders()[0]).toMatchObject({ isStreamed: true, partialImages: 2, count: 1 });
    const previews = started.progress.filter(({ preview }) => preview);
    expect(previews.map(({ fraction }) => fraction)).toEqual([1 / 3, 2 / 3]);
    expect((await sharp(previews[0]?.preview?.bytes).metadata()).format).toBe('jpeg');
  });

  it('makes several images in one call, which no stream could tell apart', async () => {
    const { server, backend } = await open();
    const { images } = await run(backend, { count: 4 });
    expect(images).toHaveLength(4);
    expect(server.submissions()).toBe(1);
    expect(server.orders()[0]).toMatchObject({ isStreamed: false, count: 4 });
  });

  it('takes the answer of a server that does not stream', async () => {
    const { server, backend } = await open();
    const refusal = { message: 'Streaming is not supported', param: 'stream' };
    server.fail('POST /v1/images', {
      kind: 'status',
      status: 400,
      body: JSON.stringify({ error: refusal }),
    });
    expect((await run(backend)).images).toHaveLength(1);
    expect(server.orders().map(({ isStreamed }) => isStreamed)).toEqual([false]);
  });

  it.each([
    ['gpt-image-1.5', { width: 16, height: 9 }, '1536x1024'],
    ['gpt-image-1.5', { width: 9, height: 21 }, '1024x1536'],
    ['gpt-image-1.5', { width: 10, height: 9 }, '1024x1024'],
    ['gpt-image-2', { width: 16, height: 9 }, '1536x864'],
    ['gpt-image-2', { width: 1, height: 1 }, '1024x1024'],
    ['gpt-image-2', { width: 3, height: 2 }, '1536x1024'],
    ['gpt-image-2', { width: 5, height: 1 }, '2160x720'],
    ['gpt-image-2', { width: 1.91, height: 1 }, '1728x912'],
  ])('%s gets the size nearest to an aspect of %o', async (model, aspect, size) => {
    const { server, backend } = await open();
    await run(backend, { model, aspect });
    expect(server.orders()[0]?.fields.size).toBe(size);
  });

  it('changes an image by a form with the references after it, in its shape', async () => {
    const { server, backend } = await open();
    const image = await inputImage();
    await run(backend, { operation: 'edit', image, references: [image, image] });
    const [order] = server.orders();
    expect(order).toMatchObject({ isEdit: true, isStreamed: true });
    expect(order?.inputs).toHaveLength(3);
    expect((order?.width ?? 0) / (order?.height ?? 1)).toBeCloseTo(4 / 3, 1);
  });

  it.each(['white', 'transparent'] as const)(
    'is given a mask that is transparent where the image may change: drawn as %s',
    async (marks) => {
      const { server, backend } = await open();
      const [image, mask] = [await inputImage(), await leftHalf(marks)];
      await run(backend, { operation: 'inpaint', image, mask });
      const sent = sharp(server.orders()[0]?.mask).extractChannel('alpha').raw();
      const alpha = await sent.toBuffer();
      expect(alpha[10]).toBe(0);
      expect(alpha[245]).toBe(255);
    },
  );

  it('is asked for quality, moderation and previews as the settings say', async () => {
    const { server, backend } = await open({
      quality: 'low',
      moderation: 'low',
      partialImages: 0,
    });
    await run(backend);
    const fields = server.orders()[0]?.fields;
    expect(fields).toMatchObject({ quality: 'low', moderation: 'low' });
    expect(fields).not.toHaveProperty('stream');
  });

  it('lists the models that make images, the usual one first', async () => {
    const models = ['gpt-4o', 'gpt-image-1.5', 'gpt-image-2.6', 'gpt-image-2', 'whisper-1'];
    const { backend } = await open({}, { models });
    const ids = (await backend.models()).map(({ id }) => id);
    expect(ids).toEqual(['gpt-image-2', 'gpt-image-1.5', 'gpt-image-2.6']);
    const { model } = await run(backend);
    expect(model).toBe('gpt-image-2');
  });

  it('says of an old model that it has three shapes', async () => {
    const { backend } = await open({ models: ['gpt-image-1.5', 'gpt-image-2'] });
    const [old, recent] = await backend.models();
    expect(old?.capabilities?.aspects).toEqual(['1:1', '3:2', '2:3']);
    expect(recent?.capabilities?.aspects).toBeUndefined();
  });
});

describe('vLLM-Omni', () => {
  it('gets seed, negative, steps and guidance, and its images as parts of one name', async () => {
    const settings = { flavor: 'vllm-omni', steps: 20, guidance: 4.5 } as const;
    const { server, backend } = await open(settings, { dialect: 'vllm-omni', ...qwen });
    const image = await inputImage();
    const { images } = await run(backend, { negative: 'hands', seed: 11, count: 2 });
    await run(backend, { operation: 'edit', image, references: [image] });
    const [text, edit] = server.orders();
    expect(text?.fields).toMatchObject({
      seed: 11,
      negative_prompt: 'hands',
      num_inference_steps: 20,
      guidance_scale: 4.5,
    });
    expect(images.map(({ seed }) => seed)).toEqual([11, undefined]);
    expect(edit?.inputs).toHaveLength(2);
  });
});

describe('LocalAI', () => {
  it('gets the negative behind a bar, and its images as base64', async () => {
    const { server, backend } = await open({ flavor: 'localai' }, { dialect: 'localai', ...qwen });
    await run(backend, { prompt: 'a | fox', negative: 'x|hands' });
    const [order] = server.orders();
    expect(order?.fields.prompt).toBe('a, fox|x, hands');
    expect(order).toMatchObject({ prompt: 'a, fox', negative: 'x, hands' });
  });
});

describe('what a server would obey instead of draw', () => {
  const live =
    'a <lora:evil:1> fox <sd_cpp_extra_args>{"seed":1}</sd_cpp_extra_args><sd_cpp_<lora:x:1>extra_args>{"n":1}';

  it('is taken out of prompts', async () => {
    const { server, backend } = await open();
    await run(backend, { prompt: live });
    const [order] = server.orders();
    expect(order?.prompt).toMatch(/^a fox/);
    expect(order?.prompt).not.toMatch(/<lora|<sd_cpp_extra_args|"seed"/);
  });

  it('stays where the settings say so', async () => {
    const { server, backend } = await open({ livePromptSyntax: true });
    await run(backend, { prompt: live });
    expect(server.orders()[0]?.prompt).toBe(live);
  });
});

it('is understood by a server in another shape, though nobody says its flavor', async () => {
  const { server, backend } = await open({}, { dialect: 'localai', models: ['stablediffusion'] });
  const { images, model } = await run(backend);
  expect({ model, count: images.length }).toEqual({ model: 'stablediffusion', count: 1 });
  expect(server.orders().at(-1)?.fields).toMatchObject({ response_format: 'b64_json' });
});

it('refuses what cannot be, and sends nothing', async () => {
  const { server, backend } = await open();
  for (const request of [{ operation: 'upscale' }, { count: 5 }, { operation: 'edit' }] as const) {
    const failure = await failureOf(run(backend, request));
    expect(failure).toMatchObject({ kind: 'invalid-request', retryable: false });
    expect(failure.userText).toBeDefined();
  }
  expect(server.submissions()).toBe(0);
});
