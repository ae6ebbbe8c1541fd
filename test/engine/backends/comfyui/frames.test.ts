import { expect, it } from 'vitest';
import type { BackendProgress } from '../../../../src/engine/backends/backend.js';
import {
  type Frame,
  readBinaryFrame,
  readTextFrame,
} from '../../../../src/engine/backends/comfyui/frames.js';
import { createProgressTracker } from '../../../../src/engine/backends/comfyui/progress-tracker.js';
import { shippedWorkflows } from '../../../../src/engine/backends/comfyui/shipped-workflows.js';
import { readRecording } from '../../../support/comfyui-recordings.js';

function framesOf(name: string): Frame[] {
  return readRecording(name)
    .filter((each) => each.dir === 'ws<')
    .map((each) =>
      each.json === undefined
        ? readBinaryFrame(Buffer.from(each.b64 ?? '', 'base64'))
        : readTextFrame(JSON.stringify(each.json)),
    )
    .filter((frame) => frame !== undefined);
}

const promptIdOf = (frames: Frame[]) => frames.find((each) => each.promptId)?.promptId ?? '';

function track(frames: Frame[], graph = shippedWorkflows['sd-generate'].graph, previewMs = 0) {
  const progress: BackendProgress[] = [];
  let now = 0;
  const tracker = createProgressTracker({
    promptId: promptIdOf(frames),
    graph,
    previewMs,
    clock: { now: () => now++ },
    report: (each) => progress.push(each),
  });
  const taken = frames.map((frame) => tracker.take(frame));
  return { progress, taken };
}

it('follows the steps of the sampler through a recorded run', () => {
  const { progress } = track(framesOf('txt2img'));
  const fractions = progress.map((each) => each.fraction);
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  expect(fractions.at(-1)).toBeCloseTo(1);
  // Three steps of three: a third of the sampler's share each, after the loading.
  for (const step of [0.3, 0.6, 0.9]) {
    expect(fractions.some((each) => Math.abs(each - step) < 0.1)).toBe(true);
  }
  expect(progress.filter((each) => each.preview)).toHaveLength(3);
});

it('counts what comes from the cache as done', () => {
  const { progress } = track(framesOf('txt2img-cached'));
  expect(progress.at(-1)?.fraction).toBeCloseTo(1);
});

it.each([
  ['modelfree-legacy-preview', undefined],
  ['modelfree-metadata-preview', expect.any(String)],
])('reads the previews of %s', (name, promptId) => {
  const previews = framesOf(name).filter((frame) => frame.type === 'preview');
  expect(previews).toHaveLength(3);
  for (const preview of previews) {
    expect(preview).toMatchObject({ mediaType: 'image/png', promptId });
    expect(Buffer.from(preview.bytes).toString('latin1', 1, 4)).toBe('PNG');
  }
});

it('takes previews without an id only while its own run is the one that is executed', () => {
  const frames = framesOf('modelfree-legacy-preview');
  const preview = frames.find((frame) => frame.type === 'preview');
  if (preview === undefined) throw new Error('the recording has no preview');
  const foreign: Frame = { type: 'started', promptId: 'another' };
  const graph = { '5': { class_type: 'SaveImageWebsocket', inputs: {} } };
  const own = frames.slice(0, 3);
  expect(track([...own, preview], graph).taken.at(-1)).toBe(true);
  expect(track([...own, foreign, preview], graph).taken.at(-1)).toBe(false);
  expect(track([{ type: 'finished', promptId: promptIdOf(own) }, preview]).taken).toEqual([
    true,
    false,
  ]);
});

it('ignores the frames of other runs', () => {
  const frames = framesOf('txt2img');
  const others = framesOf('interrupted');
  const { taken } = track([frames[0] as Frame, ...others]);
  expect(taken.slice(1)).not.toContain(true);
});

it('knows the end of a run only by the executing frame without a node', () => {
  const ends = framesOf('txt2img').filter((frame) => frame.type === 'finished');
  expect(ends).toHaveLength(1);
});

it.each([
  ['text that is not JSON', () => readTextFrame('{')],
  ['a frame of a sort to come', () => readTextFrame('{"type":"news","data":{}}')],
  ['a frame without its data', () => readTextFrame('{"type":"progress","data":{"value":"x"}}')],
  ['an empty binary frame', () => readBinaryFrame(Buffer.alloc(0))],
  [
    'a preview that is no picture',
    () => readBinaryFrame(Buffer.from('0000000100000001aabbccdd', 'hex')),
  ],
  [
    'metadata longer than the frame',
    () => readBinaryFrame(Buffer.from('00000004ffffffff00', 'hex')),
  ],
])('reads nothing from %s', (_, read) => {
  expect(read()).toBeUndefined();
});
