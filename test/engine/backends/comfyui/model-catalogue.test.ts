import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import {
  decode,
  failureOf,
  inputImage,
  leftHalf,
  startRun,
} from '../../../contracts/backend-harness.js';
import { generate, operatorWorkflow, portrait, startPair } from './comfyui-fixture.js';

type Pair = Awaited<ReturnType<typeof startPair>>;
let pair: Pair | undefined;
const open = async (...args: Parameters<typeof startPair>): Promise<Pair> => {
  pair = await startPair(...args);
  return pair;
};
afterEach(async () => {
  await pair?.close();
  pair = undefined;
});

const files = {
  diffusion_models: [
    'flux1-dev.safetensors',
    'flux1-fill-dev.safetensors',
    'qwen_image_fp8_e4m3fn.safetensors',
    'qwen_image_edit_2509_fp8_e4m3fn.safetensors',
    'qwen_image_edit_fp8_e4m3fn.safetensors',
    'wan2.2_t2v.safetensors',
  ],
  text_encoders: [
    'clip_g.safetensors',
    'clip_l.safetensors',
    'qwen_2.5_vl_7b_fp8_scaled.safetensors',
    't5xxl_fp8_e4m3fn.safetensors',
  ],
  vae: ['ae.safetensors', 'qwen_image_vae.safetensors'],
  upscale_models: ['4x-UltraSharp.pth'],
};
const checkpoints = ['tiny-sd15.safetensors', 'sd3.5_large.safetensors'];

/** With its log. */
async function openLogged(
  server: Parameters<typeof startPair>[0],
  options: Parameters<typeof startPair>[1] = {},
) {
  const told: string[] = [];
  const log = {
    debug: () => {},
    info: () => {},
    warn: (fields: object) => told.push(JSON.stringify(fields)),
  };
  return { ...(await open(server, { ...options, log })), told };
}

const nodeOf = (graph: ReturnType<Pair['server']['graph']>, type: string) =>
  Object.values(graph).find((node) => node.class_type === type)?.inputs;

describe('a server with models of many families', () => {
  it('offers each for what its family can', async () => {
    const { backend } = await open({ checkpoints, files });
    const models = await backend.models();
    const told = models.map(({ name, capabilities }) => ({
      name,
      operations: [...(capabilities?.operations ?? [])].join(' '),
      negative: capabilities?.negative,
      references: capabilities?.references,
    }));
    const all = 'generate edit vary inpaint';
    expect(told).toEqual([
      { name: 'tiny-sd15', operations: all, negative: true, references: 0 },
      { name: 'sd3.5_large', operations: all, negative: true, references: 0 },
      { name: 'flux1-dev', operations: all, negative: false, references: 0 },
      { name: 'qwen_image_fp8_e4m3fn', operations: all, negative: true, references: 0 },
      {
        name: 'qwen_image_edit_2509_fp8_e4m3fn',
        operations: 'edit vary',
        negative: true,
        references: 2,
      },
      {
        name: 'qwen_image_edit_fp8_e4m3fn',
        operations: 'edit vary',
        negative: true,
        references: 0,
      },
    ]);
    expect(backend.capabilities).toMatchObject({ references: 2 });
    expect(backend.capabilities.operations.has('upscale')).toBe(true);
  });

  it('runs Flux on its own graph, with the files that it needs', async () => {
    const { server, backend } = await open({ checkpoints, files, shrink: 8 });
    const request = { ...generate, model: 'flux1-dev.safetensors', count: 2 };
    const { images, model, parameters } = await startRun(backend, request).result;
    expect(images).toHaveLength(2);
    expect(model).toBe('flux1-dev');
    expect(parameters).toMatchObject({ steps: 20, guidance: 3.5, vae: 'ae.safetensors' });
    const graph = server.graph();
    expect(nodeOf(graph, 'UNETLoader')).toMatchObject({ unet_name: 'flux1-dev.safetensors' });
    expect(nodeOf(graph, 'DualCLIPLoader')).toEqual({
      clip_name1: 't5xxl_fp8_e4m3fn.safetensors',
      clip_name2: 'clip_l.safetensors',
      type: 'flux',
    });
    expect(nodeOf(graph, 'EmptySD3LatentImage')).toEqual({
      width: 1024,
      height: 1024,
      batch_size: 2,
    });
  });

  it('runs SD 3.5 with the text encoders that its checkpoint lacks', async () => {
    const { server, backend } = await open({ checkpoints, files, shrink: 8 });
    await startRun(backend, { ...generate, model: 'sd3.5_large' }).result;
    expect(nodeOf(server.graph(), 'TripleCLIPLoader')).toEqual({
      clip_name1: 'clip_l.safetensors',
      clip_name2: 'clip_g.safetensors',
      clip_name3: 't5xxl_fp8_e4m3fn.safetensors',
    });
    expect(nodeOf(server.graph(), 'KSampler')).toMatchObject({ cfg: 4.5, steps: 28 });
  });

  it('edits with Qwen by words, with the reference images that came and no others', async () => {
    const { server, backend } = await open({ checkpoints, files });
    const image = await inputImage();
    const model = 'qwen_image_edit_2509_fp8_e4m3fn.safetensors';
    const request = { ...generate, operation: 'edit', model, image } as const;
    const plain = await startRun(backend, request).result;
    expect(plain.images).toHaveLength(1);
    expect(nodeOf(server.graph(), 'TextEncodeQwenImageEditPlus')).not.toHaveProperty('image2');
    const reference = await leftHalf('white');
    await startRun(backend, { ...request, references: [reference] }).result;
    const encoder = nodeOf(server.graph(1), 'TextEncodeQwenImageEditPlus');
    expect(encoder).toHaveProperty('image2');
    expect(encoder).not.toHaveProperty('image3');
    const refused = startRun(backend, { ...request, references: [image, image, image] });
    expect(await failureOf(refused.result)).toMatchObject({
      kind: 'invalid-request',
      userText: expect.stringContaining('2 reference images at most'),
    });
  });

  it('gives what asks for no model to the first that can do it', async () => {
    const { server, backend } = await open({ checkpoints, files });
    const image = await inputImage();
    const request = { ...generate, operation: 'edit', image, references: [image] } as const;
    const { model } = await startRun(backend, request).result;
    expect(model).toBe('qwen_image_edit_2509_fp8_e4m3fn');
    expect(server.submissions()).toBe(1);
  });

  it('doubles a picture by the model that it has for it, whatever made the picture', async () => {
    const { server, backend } = await open({ checkpoints, files });
    const image = await inputImage();
    const asked = {
      ...generate,
      operation: 'upscale',
      model: 'tiny-sd15.safetensors',
      image,
    } as const;
    const { images, model } = await startRun(backend, asked).result;
    expect(model).toBe('4x-UltraSharp');
    expect(images[0]).not.toHaveProperty('seed');
    const { width, height } = await decode(images[0]?.bytes ?? new Uint8Array());
    expect([width, height]).toEqual([image.width * 2, image.height * 2]);
    expect(nodeOf(server.graph(), 'UpscaleModelLoader')).toEqual({
      model_name: '4x-UltraSharp.pth',
    });
    const huge = { ...image, width: 4000, height: 4000 };
    const failure = await failureOf(startRun(backend, { ...asked, image: huge }).result);
    expect(failure).toMatchObject({ kind: 'invalid-request' });
  });
});

it('leaves out a family whose files or nodes are missing, and tells the operator once', async () => {
  const few = { ...files, vae: ['qwen_image_vae.safetensors'] };
  const { backend, told } = await openLogged({
    checkpoints: ['tiny-sd15.safetensors'],
    files: few,
    lacks: ['TextEncodeQwenImageEditPlus'],
  });
  const names = (await backend.models()).map(({ name }) => name);
  expect(names).toEqual(['tiny-sd15', 'qwen_image_fp8_e4m3fn', 'qwen_image_edit_fp8_e4m3fn']);
  expect(told.filter((line) => /flux1-dev.*no file in vae/.test(line))).toHaveLength(1);
  expect(told.filter((line) => /2509.*no such node/.test(line))).toHaveLength(1);
  await backend.models();
  expect(told).toHaveLength(2);
});

it('finds the files of older versions in the folders that they had then', async () => {
  const { text_encoders, diffusion_models } = files;
  const { backend } = await open({
    checkpoints: [],
    files: {
      ...files,
      unet: diffusion_models,
      clip: text_encoders,
      diffusion_models: [],
      text_encoders: [],
    },
    lacksFolders: ['diffusion_models', 'text_encoders'],
  });
  expect((await backend.models()).map(({ name }) => name)).toContain('flux1-dev');
});

it('asks for the whole list of nodes where it cannot ask for one', async () => {
  const { server, backend } = await open({ checkpoints, files });
  server.fail('GET /object_info/', { kind: 'status', status: 404 }, 100);
  expect((await backend.models()).map(({ name }) => name)).toContain('flux1-dev');
  expect(server.countOf(/^GET \/object_info$/)).toBe(1);
});

it('lists checkpoints a second time, made small and enlarged, where the operator wants it', async () => {
  const { server, backend } = await open(
    {},
    { hires: true, names: { 'tiny-sd15.safetensors': 'tiny' } },
  );
  const models = await backend.models();
  expect(models.map(({ name }) => name)).toEqual(['tiny', 'tiny-hires']);
  const { images, model } = await startRun(backend, { ...generate, model: models[1]?.id ?? '' })
    .result;
  expect(model).toBe('tiny-hires');
  const { width } = await decode(images[0]?.bytes ?? new Uint8Array());
  expect(width).toBe(768);
  const samplers = Object.values(server.graph()).filter((node) => node.class_type === 'KSampler');
  expect(samplers.map(({ inputs }) => [inputs.seed, inputs.denoise])).toEqual([
    [42, 1],
    [42, 0.5],
  ]);
});

describe('an operator’s own workflow', () => {
  it('appears under its name, and gets what its slots take and nothing else', async () => {
    const { server, backend } = await open(
      {},
      { workflows: [operatorWorkflow(portrait(), 'portrait')] },
    );
    const models = await backend.models();
    expect(models.map(({ name }) => name)).toEqual(['tiny-sd15', 'portrait']);
    expect(models[1]?.capabilities).toMatchObject({ maxCount: 4, aspects: 'any', negative: false });
    expect([...(models[1]?.capabilities?.operations ?? [])]).toEqual(['generate']);
    const request = { ...generate, model: models[1]?.id ?? '', count: 2 };
    const { images, model, workflowHash } = await startRun(backend, request).result;
    expect(model).toBe('portrait');
    expect(workflowHash).toMatch(/^[0-9a-f]{64}$/);
    expect(images.map(({ seed }) => seed)).toEqual([42, undefined]);
    const graph = server.graph();
    expect(graph['6']?.inputs.text).toBe('a lighthouse at dusk');
    expect(graph['7']?.inputs.text).toBe('blurry');
    expect(graph['3']?.inputs).toMatchObject({ seed: 42, steps: 30, cfg: 5 });
    expect(graph['5']?.inputs).toMatchObject({ width: 288, height: 288, batch_size: 2 });
    expect(graph['9']?.inputs.filename_prefix).toBe('easel/task-1');
  });

  it('takes the place of the shipped one for the model whose name it bears', async () => {
    const { server, backend } = await open(
      {},
      { workflows: [operatorWorkflow(portrait(), 'tiny-sd15')] },
    );
    const models = await backend.models();
    expect(models.map(({ id }) => id)).toEqual(['tiny-sd15.safetensors']);
    expect([...(models[0]?.capabilities?.operations ?? [])].sort()).toEqual(
      ['edit', 'generate', 'inpaint', 'vary'].sort(),
    );
    await startRun(backend, generate).result;
    expect(server.graph()['3']?.inputs.steps).toBe(30);
  });

  it('shows what its output node saves, and not the steps on the way', async () => {
    const graph = {
      ...portrait(),
      '20': {
        class_type: 'SaveImage',
        inputs: { filename_prefix: 'draft', images: ['21', 0] },
        _meta: { title: 'draft' },
      },
      '21': {
        class_type: 'EmptyImage',
        inputs: { width: 64, height: 64, batch_size: 3, color: 0 },
      },
    };
    const { backend } = await open({}, { workflows: [operatorWorkflow(graph, 'portrait')] });
    const { images } = await startRun(backend, { ...generate, model: 'portrait', count: 4 }).result;
    expect(images).toHaveLength(4);
    for (const { bytes } of images) expect((await decode(bytes)).width).toBeGreaterThan(64);
  });

  it.each([
    ['2', 'in the picture’s own transparency'],
    ['10', 'in the transparency of a picture of its own'],
  ])('gets its mask where it reads it, from node %s: %s', async (node) => {
    const load = (title: string) => ({
      class_type: 'LoadImage',
      inputs: { image: '' },
      _meta: { title },
    });
    const graph = {
      ...portrait(),
      '2': load('easel:image'),
      ...(node === '10' && { '10': load('easel:mask') }),
      '11': { class_type: 'VAEEncode', inputs: { pixels: ['2', 0], vae: ['4', 2] } },
      '12': { class_type: 'SetLatentNoiseMask', inputs: { samples: ['11', 0], mask: [node, 1] } },
    };
    graph['3'].inputs.latent_image = ['12', 0];
    const { server, backend } = await open(
      {},
      { workflows: [operatorWorkflow(graph, 'portrait', 'inpaint')] },
    );
    const [image, mask] = [await inputImage(), await leftHalf('white')];
    const request = { ...generate, operation: 'inpaint', model: 'portrait', image, mask } as const;
    await startRun(backend, request).result;
    const name = String(server.graph()[node]?.inputs.image);
    const alpha = await alphaOf(server.uploads.get(name));
    expect(alpha.left).toBe(0);
    expect(alpha.right).toBe(255);
  });

  it('is left out where the server cannot run it, and the operator is told node and input', async () => {
    const graph = {
      ...portrait(),
      '30': { class_type: 'FancyUpscale', inputs: {}, _meta: { title: 'x' } },
    };
    const lacking = { ...portrait(), '5': { ...portrait()['5'], inputs: { width: 1, height: 1 } } };
    const wrong = portrait();
    wrong['3'].inputs.sampler_name = 'unheard-of';
    wrong['4'].inputs.ckpt_name = 'gone.safetensors';
    const { backend, told } = await openLogged(
      {},
      {
        workflows: [
          operatorWorkflow(graph, 'fancy'),
          operatorWorkflow(lacking, 'lacking'),
          operatorWorkflow(wrong, 'wrong'),
          operatorWorkflow(portrait(), 'right'),
        ],
      },
    );
    expect((await backend.models()).map(({ name }) => name)).toEqual(['tiny-sd15', 'right']);
    const all = told.join('\n');
    expect(all).toContain('fancy.json: node 30 (FancyUpscale): the server has no such node');
    expect(all).toContain('lacking.json: node 5 (EmptyLatentImage), input batch_size: missing');
    expect(all).toContain('wrong.json: node 3 (KSampler), input sampler_name: ');
    expect(all).toContain('gone.safetensors');
  });

  it('is checked again when the server is well again', async () => {
    const wrong = portrait();
    wrong['4'].inputs.ckpt_name = 'late.safetensors';
    const { server, backend, told } = await openLogged(
      {},
      { workflows: [operatorWorkflow(wrong, 'late')] },
    );
    expect((await backend.models()).map(({ name }) => name)).not.toContain('late');
    expect(told).toHaveLength(1);
    server.fail('GET /system_stats', { kind: 'status', status: 503 });
    await failureOf(backend.health());
    server.checkpoints.push('late.safetensors');
    await backend.health();
    expect((await backend.models()).map(({ name }) => name)).toContain('late');
  });
});

async function alphaOf(bytes: Buffer | undefined): Promise<{ left: number; right: number }> {
  const image = sharp(bytes);
  const { width } = await image.metadata();
  const { data } = await image.extractChannel('alpha').raw().toBuffer({ resolveWithObject: true });
  return { left: data[1] ?? -1, right: data[width - 2] ?? -1 };
}
