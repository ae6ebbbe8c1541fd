import { describe, expect, it } from 'vitest';
import type { BackendCapabilities } from '../../../src/engine/backends/backend.js';
import { adaptRequest } from '../../../src/engine/backends/request-adaptation.js';
import type { TaskRequest } from '../../../src/engine/batches/batch.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

const asked: TaskRequest = {
  operation: 'generate',
  prompt: 'a fox',
  count: 4,
  aspect: '16:9',
  negative: 'hands',
  seed: 7,
  strength: 0.5,
};

function adapted(capabilities: Partial<BackendCapabilities>, change: Partial<TaskRequest> = {}) {
  const { capabilities: full } = createScriptedBackend('any', capabilities);
  return adaptRequest({ ...asked, ...change }, full);
}

describe('a request', () => {
  it('stays as it is where the backend can do all of it', () => {
    expect(adapted({})).toEqual({ request: asked, notes: [] });
  });

  it.each([
    ['16:9', ['1:1', '3:2', '2:3'], '3:2'],
    ['1:3', ['1:1', '3:2', '2:3'], '2:3'],
    ['3:4', ['1:1', '4:5', '9:16'], '4:5'],
  ])('has its aspect %s rounded to the nearest of %j', (aspect, aspects, used) => {
    const { request, notes } = adapted({ aspects }, { aspect });
    expect(request.aspect).toBe(used);
    expect(notes).toEqual([{ kind: 'aspect-rounded', asked: aspect, used }]);
  });

  it('is not told of an aspect that is spelt in other numbers', () => {
    const { request, notes } = adapted({ aspects: ['1:1', '16:9'] }, { aspect: '32:18' });
    expect(request.aspect).toBe('16:9');
    expect(notes).toEqual([]);
  });

  it('loses what the backend knows nothing of, and says so', () => {
    const { request, notes } = adapted({ seed: false, negative: false, strength: false });
    expect(request).toEqual({ operation: 'generate', prompt: 'a fox', count: 4, aspect: '16:9' });
    expect(notes.map(({ kind }) => kind).sort()).toEqual([
      'negative-ignored',
      'seed-ignored',
      'strength-ignored',
    ]);
  });

  it('makes as many images as one run can, and says how many', () => {
    const { request, notes } = adapted({ maxCount: 1 });
    expect(request.count).toBe(1);
    expect(notes).toEqual([{ kind: 'count-lowered', asked: 4, used: 1 }]);
  });
});
