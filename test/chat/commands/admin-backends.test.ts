import { describe, expect, it } from 'vitest';
import { type BackendInfo, type Engine, EngineError } from '../../../src/engine/index.js';
import { createChatBench, privateText } from '../../support/chat-requests.js';
import { createFakeChatEngine } from '../../support/fake-chat-engine.js';

const admins = new Set(['telegram:100']);

const desk: BackendInfo = {
  name: 'desk',
  type: 'comfyui',
  pool: 'default',
  slots: 2,
  running: 1,
  drained: false,
  state: 'well',
  until: null,
  lastError: { text: 'out of memory on gpu-1', at: new Date('2026-11-20T11:00:00Z') },
};

function benchWith(backends: Partial<Engine['backends']>, isAdmin = true) {
  const listed = { list: async () => [desk, { ...desk, name: 'loft', drained: true }] };
  const engine = createFakeChatEngine({
    backends: { ...listed, ...backends } as Engine['backends'],
  });
  return createChatBench({ ...(isAdmin ? { admins } : {}), engine });
}

describe('/admin backends', () => {
  it('lists state, slots, waiting tasks and the last error', async () => {
    const { write } = benchWith({});
    const text = privateText(await write('admin', 'backends list'));
    expect(text).toContain('default · 3 waiting');
    expect(text).toContain('desk (comfyui): ready · 1 of 2 slots in use');
    expect(text).toContain('loft (comfyui): ready · drained · 1 of 2 slots in use');
    expect(text).toContain('out of memory on gpu-1');
  });

  it('shows no errors to those who only manage a chat', async () => {
    const { write } = benchWith({}, false);
    const reply = await write('admin', 'backends list', [], { managesScope: async () => true });
    expect(privateText(reply)).toContain('desk');
    expect(privateText(reply)).not.toContain('gpu-1');
  });

  it('drains and enables one by its name', async () => {
    const drained: string[] = [];
    const { write } = benchWith({
      drain: async (name) => {
        drained.push(name);
        return { ...desk, drained: true };
      },
      enable: async (name) => {
        drained.splice(drained.indexOf(name), 1);
        return desk;
      },
    });
    expect(privateText(await write('admin', 'backends drain desk'))).toContain('gets nothing new');
    expect(drained).toEqual(['desk']);
    expect(privateText(await write('admin', 'backends enable desk'))).toContain('takes tasks');
    expect(drained).toEqual([]);
  });

  it('says what a reload changed, or each thing that is wrong', async () => {
    const { write } = benchWith({ reload: async () => ({ added: ['loft'], removed: [] }) });
    expect(privateText(await write('admin', 'backends reload'))).toBe('Added: loft');
    const problems = ['easel.yaml: backends.0.url: expected an http:// address'];
    const wrong = benchWith({
      reload: () => Promise.reject(new EngineError({ kind: 'bad-configuration', problems })),
    });
    const text = privateText(await wrong.write('admin', 'backends reload'));
    expect(text).toContain('nothing was changed');
    expect(text).toContain(problems[0]);
  });

  it.each(['drain desk', 'enable desk', 'reload'])(
    'is refused to those who only manage a chat: %s',
    async (words) => {
      const { write } = benchWith({}, false);
      const reply = await write('admin', `backends ${words}`, [], {
        managesScope: async () => true,
      });
      expect(privateText(reply)).toContain("Only Easel's own administrators");
    },
  );
});
