import { describe, expect, it } from 'vitest';
import { createChatBench, privateText } from '../../support/chat-requests.js';

const admins = new Set(['telegram:100']);

describe('/admin pause', () => {
  it('pauses one pool or all, and resume undoes it', async () => {
    const { write, engine } = createChatBench({ admins });
    const paused = privateText(await write('admin', 'pause'));
    expect(paused).toContain('Paused: what runs goes on');
    expect(paused).toContain('default: 2 · paused · 1 running');
    const resumed = privateText(await write('admin', 'resume default'));
    expect(resumed).toContain('Resumed.');
    expect(resumed).not.toContain('paused');
    const actor = { userId: 'user-ada', manages: true };
    expect(engine.calls).toEqual([
      ['pausePool', undefined, actor],
      ['resumePool', 'default', actor],
    ]);
  });

  it('takes the same from Discord', async () => {
    const { ask, engine } = createChatBench({ admins });
    await ask({ kind: 'command', name: 'admin pause', options: { pool: 'default' } });
    expect(engine.calls).toHaveLength(1);
  });

  it.each(['pause', 'resume'])('is refused to those who only manage a chat: %s', async (word) => {
    const { write, engine } = createChatBench();
    const reply = await write('admin', word, [], { managesScope: async () => true });
    expect(privateText(reply)).toContain("Only Easel's own administrators");
    expect(engine.calls).toEqual([]);
  });
});
