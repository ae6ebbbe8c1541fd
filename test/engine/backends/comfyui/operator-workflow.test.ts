import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readOperatorWorkflows } from '../../../../src/engine/backends/comfyui/operator-workflow.js';
import { portrait } from './comfyui-fixture.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'easel-workflows-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: unknown) =>
  writeFileSync(
    join(folder, name),
    typeof content === 'string' ? content : JSON.stringify(content),
  );
const problemsOf = (name: string, content: unknown) => {
  write(name, content);
  return readOperatorWorkflows(folder).problems;
};
const changed = (id: string, inputs: object, title?: string) => {
  const graph: Record<string, { class_type?: string; inputs?: object; _meta?: object }> =
    portrait();
  graph[id] = {
    ...graph[id],
    inputs: { ...graph[id]?.inputs, ...inputs },
    ...(title === undefined ? {} : { _meta: { title } }),
  };
  return graph;
};

it('finds slots by the titles of nodes, whatever else is in them', () => {
  write('portrait.json', portrait());
  write('notes.txt', 'not a workflow');
  const { workflows, problems } = readOperatorWorkflows(folder);
  expect(problems).toEqual([]);
  expect(workflows).toHaveLength(1);
  expect(workflows[0]).toMatchObject({ operation: 'generate', model: 'portrait' });
  expect(workflows[0]?.workflow.slots).toEqual({
    prompt: [['6', 'text']],
    width: [['5', 'width']],
    height: [['5', 'height']],
    count: [['5', 'batch_size']],
    seed: [['3', 'seed']],
    // Whatever saves is named by the run, marked or not.
    prefix: [['9', 'filename_prefix']],
  });
});

it('takes slots, the operation and the model from the configuration', () => {
  const untitled = Object.fromEntries(
    Object.entries(portrait()).map(([id, { class_type, inputs }]) => [id, { class_type, inputs }]),
  );
  write('untitled.json', untitled);
  const { workflows, problems } = readOperatorWorkflows(folder, {
    'untitled.json': {
      model: 'studio',
      operation: 'hires',
      slots: { prompt: '6.text', seed: ['3.seed'], negative: '7' },
    },
  });
  expect(problems).toEqual([]);
  expect(workflows[0]).toMatchObject({ operation: 'hires', model: 'studio' });
  expect(workflows[0]?.workflow.slots).toMatchObject({
    prompt: [['6', 'text']],
    seed: [['3', 'seed']],
    negative: [['7', 'text']],
  });
});

it.each([
  ['portrait.edit.json', 'edit', 'portrait'],
  ['v1.5 studio.json', 'edit', 'v1.5 studio'],
])('takes from the name %s that it can %s, as %s', (file, operation, model) => {
  write(file, changed('5', {}, 'easel:image=width'));
  const { workflows, problems } = readOperatorWorkflows(folder);
  expect(problems).toEqual([]);
  expect(workflows[0]).toMatchObject({ operation, model });
});

it('names a text of several encoders whole', () => {
  const graph = changed('6', {});
  graph['6'] = {
    class_type: 'CLIPTextEncodeFlux',
    inputs: { clip: ['4', 1], clip_l: '', t5xxl: '', guidance: 3.5 },
    _meta: { title: 'easel:prompt easel:guidance' },
  };
  write('flux.json', graph);
  expect(readOperatorWorkflows(folder).workflows[0]?.workflow.slots).toMatchObject({
    prompt: [
      ['6', 'clip_l'],
      ['6', 't5xxl'],
    ],
    guidance: [['6', 'guidance']],
  });
});

describe('tells by file, node and input', () => {
  it.each([
    ['no JSON', '{"3": ', /^a\.json: expected JSON: /],
    ['a list', [], /^a\.json: expected an object of nodes/],
    ['nothing', {}, /^a\.json: it has no nodes/],
    ['the editor’s own format', { nodes: [], links: [] }, /editor's own format.*Export \(API\)/],
    ['a node without a class', { '3': { inputs: {} } }, /^a\.json: node 3: expected class_type/],
    [
      'a link that leads nowhere',
      changed('3', { model: ['77', 0] }),
      /node 3 \(KSampler\), input model: linked to node 77/,
    ],
    ['a circle', changed('6', { clip: ['8', 0] }), /nodes .*→.*: linked in a circle/],
    [
      'a slot that there is not',
      changed('6', {}, 'easel:promt'),
      /node 6 \(CLIPTextEncode\): unknown slot easel:promt; did you mean prompt\?/,
    ],
    [
      'a slot on a node without such an input',
      changed('8', {}, 'easel:seed'),
      /node 8 \(VAEDecode\): no input that takes seed/,
    ],
    [
      'a slot on an input that is not there',
      changed('3', {}, 'easel:seed=noise'),
      /node 3 \(KSampler\), input noise: there is none; it has seed/,
    ],
    [
      'a slot on an input that is linked',
      changed('3', { seed: ['5', 0] }),
      /node 3 \(KSampler\), input seed: it is linked to node 5/,
    ],
    [
      'a workflow without its slots',
      changed('6', {}, 'the words'),
      /no node has easel:prompt in its title, and generate needs it/,
    ],
  ] as const)('%s', (_name, content, expected) => {
    expect(problemsOf('a.json', content).join('\n')).toMatch(expected);
  });

  it('a folder that is not there, and a file that only the configuration has', () => {
    expect(readOperatorWorkflows(join(folder, 'none')).problems[0]).toMatch(/expected a folder at/);
    const { problems } = readOperatorWorkflows(folder, { 'gone.json': {} });
    expect(problems[0]).toMatch(/^gone\.json: there is no such file/);
  });

  it('a slot of the configuration whose node is not there', () => {
    write('a.json', portrait());
    const { problems } = readOperatorWorkflows(folder, {
      'a.json': { slots: { seed: '99.seed', sed: '3.seed', prompt: '6.words' } },
    });
    expect(problems).toEqual([
      'a.json: slots.seed: there is no node 99',
      'a.json: slots.sed: unknown slot; did you mean seed?',
      'a.json: node 6 (CLIPTextEncode), input words: there is none; it has text, clip',
    ]);
  });

  it('two files for one operation of one model, and all other faults at once', () => {
    write('a.generate.json', portrait());
    write('a.json', portrait());
    write('b.json', '{');
    const { problems } = readOperatorWorkflows(folder);
    expect(problems).toHaveLength(2);
    expect(problems.join('\n')).toMatch(
      /a\.json: serves generate as a, and so does a\.generate\.json/,
    );
  });
});
