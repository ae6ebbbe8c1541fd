import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { nameOf, profileOf, sizeOf } from '../../../../src/engine/backends/checkpoint-profile.js';
import { planRun } from '../../../../src/engine/backends/comfyui/run-plan.js';
import {
  fillWorkflow,
  isLink,
  type Workflow,
  WorkflowError,
} from '../../../../src/engine/backends/comfyui/workflow.js';
import { img2img } from '../../../../src/engine/backends/comfyui/workflows/img2img.js';
import { inpaint } from '../../../../src/engine/backends/comfyui/workflows/inpaint.js';
import { txt2img } from '../../../../src/engine/backends/comfyui/workflows/txt2img.js';
import { exchangeOf } from '../../../support/comfyui-recordings.js';
import { validate } from '../../../support/comfyui-validation.js';
import { generate } from './comfyui-fixture.js';

type Nodes = Record<string, { class_type: string; inputs: Record<string, unknown> }>;
const image = { bytes: new Uint8Array(), mediaType: 'image/png', width: 64, height: 64 };
const recordedGraph = (exchangeOf('txt2img', 'POST', '/prompt').req as { prompt: Nodes }).prompt;

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
  expect(structure(txt2img.graph as Nodes)).toEqual(structure(recordedGraph));
});

it.each([txt2img, img2img, inpaint])(
  'has a node for every link and every slot of $name',
  (workflow) => {
    for (const { inputs } of Object.values(workflow.graph)) {
      for (const value of Object.values(inputs)) {
        if (isLink(value)) expect(workflow.graph).toHaveProperty([value[0]]);
      }
    }
    for (const [node, input] of Object.values(workflow.slots).flat()) {
      expect(workflow.graph[node]?.inputs).toHaveProperty([input]);
    }
  },
);

it('is judged by a stand-in that takes an inpainting graph which a real server accepted', () => {
  const file = new URL('../../../fixtures/comfyui/inpaint.json', import.meta.url);
  const accepted = JSON.parse(readFileSync(file, 'utf8')) as Nodes;
  const uploads = new Map([['clipspace/mask1.png', Buffer.alloc(0)]]);
  const judge = (graph: Nodes) => validate(graph, ['tiny-sd15.safetensors'], uploads);
  expect(judge(accepted)).toEqual({ outputs: ['9'] });
  const changed = (id: string, inputs: Record<string, unknown>) => {
    const node = accepted[id];
    return node ? { ...accepted, [id]: { ...node, inputs: { ...node.inputs, ...inputs } } } : {};
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
  const before = structuredClone(txt2img);
  planRun({ ...generate, count: 4 }, 'a.safetensors', {}, {});
  expect(txt2img).toEqual(before);
});

it.each([
  ['generate', {}, { '5': 'batch_size' }],
  ['edit', { image }, { '13': 'amount' }],
  ['inpaint', { image, mask: image }, { '13': 'amount', '18': 'amount' }],
] as const)(
  'asks for the images of %s as one batch of the plain graph',
  (operation, inputs, places) => {
    const planned = (count: number) =>
      planRun({ ...generate, operation, ...inputs, count }, 'a.safetensors', {}, {}).graph;
    const expected = structuredClone(planned(1)) as Nodes;
    for (const [node, input] of Object.entries(places)) {
      const inputsOfNode = expected[node]?.inputs ?? {};
      expect(inputsOfNode[input]).toBe(1);
      inputsOfNode[input] = 4;
    }
    expect(planned(4)).toEqual(expected);
  },
);

it('never sends the same graph for two runs', () => {
  const first = planRun({ ...generate, runKey: 'a-1' }, 'a.safetensors', {}, {});
  const second = planRun({ ...generate, runKey: 'a-2' }, 'a.safetensors', {}, {});
  expect(first.graph).not.toEqual(second.graph);
});

it('names the slot of an operator’s workflow that leads nowhere', () => {
  const broken: Workflow = { name: 'mine', graph: {}, slots: { prompt: [['6', 'text']] } };
  expect(() => fillWorkflow(broken, { prompt: 'x' })).toThrow(WorkflowError);
  expect(() => fillWorkflow(broken, { prompt: 'x' })).toThrow(/mine.*prompt.*6.*text/);
});

it('runs an operator’s own workflow in place of the shipped one', () => {
  const mine: Workflow = {
    ...txt2img,
    graph: { ...txt2img.graph, '20': { class_type: 'FreeU', inputs: { model: ['4', 0] } } },
  };
  const request = { ...generate, count: 2 };
  const { graph } = planRun(request, 'a.ckpt', {}, { workflows: { generate: mine } });
  expect(graph['5']?.inputs.batch_size).toBe(2);
  expect(Object.keys(graph)).toEqual(Object.keys(mine.graph));
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
