import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createA1111Backend } from '../../src/engine/backends/a1111/a1111-backend.js';
import { createAiSdkBackend } from '../../src/engine/backends/ai-sdk/ai-sdk-backend.js';
import { providerNames } from '../../src/engine/backends/ai-sdk/providers.js';
import type { Backend, BackendCapabilities, Operation } from '../../src/engine/backends/backend.js';
import { createComfyUiBackend } from '../../src/engine/backends/comfyui/comfyui-backend.js';
import { familyOf } from '../../src/engine/backends/comfyui/model-family.js';
import { capabilitiesOf } from '../../src/engine/backends/comfyui/served-workflow.js';
import {
  type ShippedName,
  shippedWorkflows,
} from '../../src/engine/backends/comfyui/shipped-workflows.js';
import { createGeminiBackend } from '../../src/engine/backends/gemini/gemini-backend.js';
import { createLanczosBackend } from '../../src/engine/backends/lanczos/lanczos-backend.js';
import { createOpenAiBackend } from '../../src/engine/backends/openai/openai-backend.js';
import { createSeedreamBackend } from '../../src/engine/backends/seedream/seedream-backend.js';
import { createSketchBackend } from '../../src/engine/backends/sketch/sketch-backend.js';
import { silentLog } from '../support/engine.js';

const log = silentLog;
const url = 'http://127.0.0.1:1';
const apiKey = 'none';
const backends: readonly Backend[] = [
  createComfyUiBackend({ name: 'comfyui', url, log }),
  createA1111Backend({ name: 'a1111', url, log }),
  createOpenAiBackend({ name: 'openai', apiKey }),
  createGeminiBackend({ name: 'gemini', apiKey }),
  createSeedreamBackend({ name: 'seedream', apiKey }),
  ...providerNames.map((provider) =>
    createAiSdkBackend({ name: provider, provider, model: 'any', apiKey }),
  ),
  createSketchBackend({ name: 'sketch' }),
  createLanczosBackend({ name: 'lanczos' }),
];

const operations: readonly Operation[] = ['generate', 'edit', 'inpaint', 'upscale', 'vary'];
const yes = (is: boolean) => (is ? 'yes' : '–');

function cells(can: BackendCapabilities): string[] {
  return [
    operations.filter((operation) => can.operations.has(operation)).join(', '),
    String(can.maxCount),
    can.aspects === 'any' ? 'any' : String(can.aspects.length),
    yes(can.seed),
    yes(can.negative),
    yes(can.strength),
    yes(can.mask),
    can.references === 0 ? '–' : String(can.references),
    can.preview ? 'pictures' : can.progress ? 'a number' : '–',
    can.cancel,
    yes(can.resumable),
    yes(can.paid),
  ];
}

const families = [
  ['Flux', 'diffusion_models', 'flux1-dev.safetensors'],
  ['SD 3.5', 'checkpoints', 'sd3.5_large.safetensors'],
  ['Qwen-Image', 'diffusion_models', 'qwen_image_fp8.safetensors'],
  ['Qwen-Edit', 'diffusion_models', 'qwen_image_edit_fp8.safetensors'],
  ['Qwen-Edit 2509, 2511', 'diffusion_models', 'qwen_image_edit_2509_fp8.safetensors'],
] as const;

function familyRows(comfyUi: BackendCapabilities): string[][] {
  return families.map(([name, folder, file]) => {
    const workflows = Object.entries(familyOf(folder, file)?.workflows ?? {}) as [
      Operation,
      ShippedName,
    ][];
    const graphs = new Map(
      workflows.map(([operation, each]) => [operation, shippedWorkflows[each]]),
    );
    return [`comfyui: ${name}`, ...cells({ ...comfyUi, ...capabilitiesOf(graphs, 4) })];
  });
}

function page(): string {
  const [comfyUi, ...others] = backends;
  if (!comfyUi) throw new Error('no backend');
  const head = [
    ['backend', 'operations', 'images a run', 'aspects', 'seed', 'negative', 'strength'],
    ['mask', 'references', 'progress', 'cancel', 'resumed', 'paid'],
  ].flat();
  const rows = [
    ['comfyui: SD 1.5, SD 2, SDXL', ...cells(comfyUi.capabilities)],
    ...familyRows(comfyUi.capabilities),
    ...others.map(({ type, name, capabilities }) => [
      type === 'ai-sdk' ? `${type}: ${name}` : type,
      ...cells(capabilities),
    ]),
  ];
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  return `${introduction}\n\n${[head, head.map(() => '---'), ...rows].map(line).join('\n')}\n\n${notes}\n`;
}

const introduction = `# Backends

What each can do, as the code says it. This page is written by \`npx vitest run test/docs -u\`, and a test
fails when it is not what the code says any more.`;

const notes = `- *aspects*: any, or how many the service knows; others are rounded to the nearest, and the user is told.
- *references*: images beside the one to start from, at most.
- *cancel*: \`exact\` stops just that run; \`queued-only\` one that has not begun; \`global\` whatever runs there, so it is sent only while that is ours; \`local\` drops the connection.
- *resumed*: after a restart of Easel the run goes on where it was, and is not submitted again.
- *paid*: it is not repeated where it may have been billed.
- ComfyUI also upscales where the server has an upscale model, and runs [operators' own workflows](comfyui.md#operators-own-workflows), which can what their slots say. Compatible servers of OpenAI's API differ by their flavor: see [its page](openai.md).`;

it('says of every backend what it can do, as the code has it', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/backends/README.md');
});

it('leaves no backend out', () => {
  const folder = new URL('../../src/engine/backends/', import.meta.url);
  const types = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => readdirSync(new URL(`${name}/`, folder)).includes(`${name}-backend.ts`));
  expect([...new Set(backends.map(({ type }) => type))].sort()).toEqual(types.sort());
});
