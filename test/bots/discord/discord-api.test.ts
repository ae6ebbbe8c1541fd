import { afterEach, expect, it, vi } from 'vitest';
import { createDiscordApi } from '../../../src/bots/discord/discord-api.js';
import { createDiscordPlayground } from '../../../src/playground/discord/index.js';

afterEach(() => vi.restoreAllMocks());

it('tells an edit that gave up while another of its bucket was under way from one that was sent', async () => {
  const playground = await createDiscordPlayground();
  const api = createDiscordApi({ token: playground.token, apiUrl: playground.url });
  const key = { applicationId: playground.applicationId, id: '1', token: 'token' };
  const [first, second] = [new AbortController(), new AbortController()];
  vi.spyOn(AbortSignal, 'timeout')
    .mockReturnValueOnce(first.signal)
    .mockReturnValueOnce(second.signal);
  const queued = vi.spyOn(second.signal, 'addEventListener');
  playground.faults.next({ kind: 'hang', route: /@original$/ });
  const edit = () => api.editOriginal(key, { body: { content: 'x' }, files: [] });
  const sent = expect(edit()).rejects.toMatchObject({ problem: 'unanswered' });
  const waiting = expect(edit()).rejects.toMatchObject({ problem: 'unreachable' });
  await vi.waitFor(() => expect(queued).toHaveBeenCalled(), { timeout: 10_000 });
  second.abort();
  await waiting;
  first.abort();
  await sent;
  await playground.close();
});
