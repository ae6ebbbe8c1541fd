import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../../src/chat/index.js';
import { createChatBench, privateText } from '../../support/chat-requests.js';

const admins = new Set(['telegram:100']);
const manager: Partial<ChatRequest> = { managesScope: async () => true };

describe('/admin concurrency', () => {
  it('is changed by an administrator, for one pool or for all', async () => {
    const { write, engine } = createChatBench({ admins });
    const reply = await write('admin', 'concurrency set 4');
    expect(privateText(reply)).toContain('default: 4 · 1 running · 3 waiting');
    await write('admin', 'concurrency set 2 default');
    const actor = { userId: 'user-ada', manages: true };
    expect(engine.calls).toEqual([
      ['setConcurrency', undefined, 4, actor],
      ['setConcurrency', 'default', 2, actor],
    ]);
  });

  it('takes the same from Discord', async () => {
    const { ask, engine } = createChatBench({ admins });
    await ask({ kind: 'command', name: 'admin concurrency set', options: { value: 4 } });
    expect(engine.calls).toHaveLength(1);
  });

  it('is not changed by those who only manage a chat', async () => {
    const { write, engine } = createChatBench();
    const reply = await write('admin', 'concurrency set 4', [], manager);
    expect(privateText(reply)).toContain("Only Easel's own administrators");
    expect(engine.calls).toEqual([]);
  });

  it('is not changed by an administrator’s namesake on the other platform', async () => {
    const { write, engine } = createChatBench({ admins: new Set(['discord:100']) });
    await write('admin', 'concurrency set 4', [], manager);
    expect(engine.calls).toEqual([]);
  });

  it('is read by those who manage a chat, and by nobody else', async () => {
    const { write } = createChatBench();
    const read = await write('admin', 'concurrency get', [], manager);
    expect(privateText(read)).toContain('default: 2');
    const refused = await write('admin', 'concurrency get');
    expect(privateText(refused)).toContain('Only those who manage');
  });

  it.each(['0', '11', '2.5', 'many', ''])('does not become %j', async (value) => {
    const { write, engine } = createChatBench({ admins });
    const reply = await write('admin', `concurrency set ${value}`);
    expect(privateText(reply)).toContain('must be a whole number from 1 to 10');
    expect(engine.calls).toEqual([]);
  });
});
