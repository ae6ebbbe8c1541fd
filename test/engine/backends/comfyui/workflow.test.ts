import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nameOf, profileOf, sizeOf } from '../../../../src/engine/backends/checkpoint-profile.js';
import { planRun } from '../../../../src/engine/backends/comfyui/run-plan.js';
import { checkpointModel } from '../../../../src/engine/backends/comfyui/shipped-models.js';
import { shippedWorkflows } from '../../../../src/engine/backends/comfyui/shipped-workflows.js';
import {
  fillWorkflow,
  isLink,
  type Workflow,
  workflowHash,
} from '../../../../src/engine/backends/comfyui/workflow.js';
import { exchangeOf } from '../../../support/comfyui-recordings.js';
import { validate } from '../../../support/comfyui-validation.js';
import { generate } from './comfyui-fixture.js';

type Nodes = Record<string, { class_type: string; inputs: Record<string, unknown> }>;
const image = { bytes: new Uint8Array(), mediaType: 'image/png', width: 64, height: 64 };
const recordedGraph = (exchangeOf('txt2img', 'POST', '/prompt').req as { prompt: Nodes }).prompt;
const fixture = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../../fixtures/comfyui/${name}.json`, import.meta.url), 'utf8'),
  );
const accepted = fixture('workflows') as Record<string, Nodes>;
const inpaint = shippedWorkflows['sd-inpaint'];

function planned(operation: 'generate' | 'edit' | 'inpaint', change = {}) {
  const model = checkpointModel('a.safetensors', {});
  const served = model.workflows.get(operation);
  if (!served) throw new Error(`nothing serves ${operation}`);
  return planRun({ ...generate, operation, ...change }, { model, served }, {});
}

it('ships the text-to-image graph that the recorded server accepted', () => {
  const structure = (graph: Nodes) =>
    Object.entries(graph).map(([id, { class_type, inputs }]) => [
      id,
      class_type,
      Object.keys(inputs).sort(),
      Object.entries(inputs)
        .filter(([, value]) => Array.isArray(value))
        .sort(),
    ]);
  const { graph } = shippedWorkflows['sd-generate'];
  expect(structure(graph as Nodes)).toEqual(structure(recordedGraph));
});

/** Each node with the classes that its inputs come from, whatever the ids are. */
function shapeOf(graph: Nodes): string[] {
  const shapes = Object.values(graph).map(({ class_type, inputs }) => {
    const told = Object.entries(inputs).map(([input, value]) => {
      if (!Array.isArray(value)) return input;
      return `${input}←${graph[String(value[0])]?.class_type}.${value[1]}`;
    });
    return `${class_type}(${told.sort().join(', ')})`;
  });
  return shapes.sort();
}

it.each([
  ['flux', 'flux-generate'],
  ['sd35', 'sd35-generate'],
  ['qwen', 'qwen-generate'],
  ['hires', 'sd-hires'],
] as const)('ships %s as a real server accepted it', (name, shipped) => {
  expect(shapeOf(shippedWorkflows[shipped].graph as Nodes)).toEqual(shapeOf(accepted[name] ?? {}));
});

it('edits with Qwen as a graph does that a real server accepted, with pictures beside', () => {
  const bare = fillWorkflow(shippedWorkflows['qwen-instruct-plus'], {}) as Nodes;
  const theirs = shapeOf(accepted.qwen_edit ?? {}).join('\n');
  const sized = theirs.replaceAll('ImageScaleToTotalPixels', 'ImageScale');
  const ours = shapeOf(bare);
  for (const node of ['TextEncodeQwenImageEditPlus', 'CFGNorm', 'ModelSamplingAuraFlow']) {
    const found = ours.filter((shape) => shape.startsWith(`${node}(`));
    expect(found.length).toBeGreaterThan(0);
    for (const shape of found) expect(sized).toContain(shape);
  }
});

const files = {
  checkpoints: ['m.safetensors'],
  diffusion_models: ['m.safetensors'],
  text_encoders: ['one.safetensors', 'two.safetensors', 'three.safetensors'],
  vae: ['v.safetensors'],
  upscale_models: ['u.pth'],
};

describe.each(Object.entries(shippedWorkflows))('the shipped workflow %s', (name, workflow) => {
  const values = {
    prompt: 'a fox',
    negative: 'hands',
    model: 'm.safetensors',
    encoder1: 'one.safetensors',
    encoder2: 'two.safetensors',
    encoder3: 'three.safetensors',
    vae: 'v.safetensors',
    upscaler: 'u.pth',
    image: 'in.png',
    mask: 'in.png',
    width: 1024,
    height: 768,
    count: 3,
    seed: 7,
    prefix: 'easel/run',
  };

  it('is one that the server takes, with and without its reference images', () => {
    const uploads = new Map([['in.png', Buffer.alloc(0)]]);
    const references = { reference1: 'in.png', reference2: 'in.png' };
    for (const given of [values, { ...values, ...references }]) {
      const graph = fillWorkflow(workflow, given) as Nodes;
      expect(validate(graph, files, uploads)).toEqual({ outputs: workflow.outputs });
    }
  });

  it('has a node for every link and every slot, and one result', () => {
    for (const { inputs } of Object.values(workflow.graph)) {
      for (const value of Object.values(inputs)) {
        if (isLink(value)) expect(workflow.graph).toHaveProperty([value[0]]);
      }
    }
    for (const [node, input] of Object.values(workflow.slots).flat()) {
      expect(workflow.graph[node]?.inputs).toHaveProperty([input]);
    }
    expect(workflow.outputs).toHaveLength(1);
  });

  it('puts every value where the graph shows it', () => {
    const graph = JSON.stringify(fillWorkflow(workflow, values));
    const slots = Object.keys(workflow.slots).filter((slot) => slot in values);
    for (const slot of slots) {
      expect(graph).toContain(JSON.stringify(values[slot as keyof typeof values]));
    }
    expect(slots).toContain(name === 'upscale' ? 'image' : 'prompt');
  });
});

it('is judged by a stand-in that takes an inpainting graph which a real server accepted', () => {
  const graph = fixture('inpaint') as Nodes;
  const uploads = new Map([['clipspace/mask1.png', Buffer.alloc(0)]]);
  const judge = (each: Nodes) =>
    validate(each, { checkpoints: ['tiny-sd15.safetensors'] }, uploads);
  expect(judge(graph)).toEqual({ outputs: ['9'] });
  const changed = (id: string, inputs: Record<string, unknown>) => {
    const node = graph[id];
    return node ? { ...graph, [id]: { ...node, inputs: { ...node.inputs, ...inputs } } } : {};
  };
  expect(judge(changed('4', { mask: ['2', 0] }))).toHaveProperty('node_errors.4');
  expect(judge(changed('7', { latent_image: ['99', 0] }))).toHaveProperty('node_errors.7');
});

it('lays the noise under the mask as that graph does', () => {
  const classOf = (link: unknown) => inpaint.graph[String((link as string[])[0])]?.class_type;
  const masked = Object.values(inpaint.graph).find(
    (node) => node.class_type === 'SetLatentNoiseMask',
  );
  expect(classOf(masked?.inputs.samples)).toBe('VAEEncode');
  expect(classOf(masked?.inputs.mask)).toBe('ImageToMask');
  const { width, height } = inpaint.slots;
  expect([width?.length, height?.length]).toEqual([2, 2]);
});

it('leaves the shipped graph as it was', () => {
  const before = structuredClone(shippedWorkflows);
  planned('generate', { count: 4 });
  expect(shippedWorkflows).toEqual(before);
});

it.each([
  ['generate', {}, { '5': 'batch_size' }],
  ['edit', { image }, { '13': 'amount' }],
  ['inpaint', { image, mask: image }, { '13': 'amount', '18': 'amount' }],
] as const)(
  'asks for the images of %s as one batch of the plain graph',
  (operation, inputs, places) => {
    const expected = structuredClone(planned(operation, { ...inputs, count: 1 }).graph) as Nodes;
    for (const [node, input] of Object.entries(places)) {
      const inputsOfNode = expected[node]?.inputs ?? {};
      expect(inputsOfNode[input]).toBe(1);
      inputsOfNode[input] = 4;
    }
    expect(planned(operation, { ...inputs, count: 4 }).graph).toEqual(expected);
  },
);

it('never sends the same graph for two runs', () => {
  const first = planned('generate', { runKey: 'a-1' });
  const second = planned('generate', { runKey: 'a-2' });
  expect(first.graph).not.toEqual(second.graph);
});

it('tells how it sampled, and by which workflow', () => {
  const plan = planned('edit', { image, strength: 0.35 });
  expect(plan.parameters).toEqual({
    steps: 25,
    sampler: 'dpmpp_2m',
    scheduler: 'karras',
    cfg: 7,
    denoise: 0.35,
  });
  expect(plan.workflowHash).toMatch(/^[0-9a-f]{64}$/);
  expect(planned('edit', { image, seed: 99, prompt: 'other' }).workflowHash).toBe(
    plan.workflowHash,
  );
  expect(planned('generate').workflowHash).not.toBe(plan.workflowHash);
});

it('gives one hash to workflows that differ in order and titles alone', () => {
  const workflow = shippedWorkflows['sd-generate'];
  const turned = Object.fromEntries(
    Object.entries(workflow.graph)
      .reverse()
      .map(([id, node]) => [id, { ...node, _meta: { title: 'another' } }]),
  );
  expect(workflowHash({ ...workflow, graph: turned })).toBe(workflowHash(workflow));
  const changed: Workflow = {
    ...workflow,
    graph: { ...workflow.graph, '99': { class_type: 'FreeU', inputs: {} } },
  };
  expect(workflowHash(changed)).not.toBe(workflowHash(workflow));
});

it('takes out what loads a reference that did not come, and what cannot do without it', () => {
  const workflow: Workflow = {
    name: 'mine',
    graph: {
      '1': { class_type: 'LoadImage', inputs: { image: '' } },
      '2': { class_type: 'ImageScaleBy', inputs: { image: ['1', 0], scale_by: 2 } },
      '3': { class_type: 'Encode', inputs: { picture: ['2', 0], text: 'x' } },
    },
    slots: { reference1: [['1', 'image']] },
    outputs: [],
  };
  const isRequired = (node: string) => node === '2';
  expect(fillWorkflow(workflow, {}, isRequired)).toEqual({
    '3': { class_type: 'Encode', inputs: { text: 'x' } },
  });
  expect(Object.keys(fillWorkflow(workflow, { reference1: 'a.png' }, isRequired))).toHaveLength(3);
});

it.each([
  ['v1-5-pruned-emaonly.safetensors', 512 * 512],
  ['tiny-sd15.safetensors', 512 * 512],
  ['sd_xl_base_1.0.safetensors', 1024 * 1024],
  ['SDXL/juggernautXL_v9.safetensors', 1024 * 1024],
  ['ponyDiffusionV6.safetensors', 1024 * 1024],
  ['v2-1_768-ema-pruned.ckpt', 768 * 768],
])('makes images of %s as large as it was trained for', (checkpoint, pixels) => {
  expect(profileOf(checkpoint).pixels).toBe(pixels);
  expect(profileOf(checkpoint, { [checkpoint]: 640 * 640 }).pixels).toBe(640 * 640);
});

it('samples distilled checkpoints with few steps', () => {
  expect(profileOf('sd_xl_turbo_1.0_fp16.safetensors').steps).toBeLessThan(10);
  expect(profileOf('sd_xl_base_1.0.safetensors').steps).toBeGreaterThan(15);
});

it.each([
  [{ width: 1, height: 1 }, 512 * 512, { width: 512, height: 512 }],
  [{ width: 16, height: 9 }, 1024 * 1024, { width: 1368, height: 768 }],
  [{ width: 3000, height: 4000 }, 512 * 512, { width: 440, height: 592 }],
  [{ width: 1000, height: 1 }, 512 * 512, { width: 4096, height: 64 }],
])('gives %o the sides that a latent can have', (aspect, pixels, size) => {
  expect(sizeOf(aspect, pixels)).toEqual(size);
});

it('names a checkpoint without its folder and extension', () => {
  expect(nameOf('xl\\dream.v2.safetensors')).toBe('dream.v2');
});
