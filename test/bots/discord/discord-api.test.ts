import { afterEach, expect, it, vi } from 'vitest';
import { createDiscordApi } from '../../../src/bots/discord/discord-api.js';
import { createDiscordPlayground } from '../../../src/playground/discord/index.js';

afterEach(() => vi.restoreAllMocks());

it('gives an edit of words ten seconds, and files what a slow line takes for them', async () => {
  const playground = await createDiscordPlayground();
  const api = createDiscordApi({ token: playground.token, apiUrl: playground.url });
  const key = { applicationId: playground.applicationId, id: '1', token: 'token' };
  const limits: { ms: number; begun: unknown; end: () => void }[] = [];
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const limit = new AbortController();
    const begun = vi.spyOn(limit.signal, 'addEventListener');
    limits.push({ ms, begun, end: () => limit.abort() });
    return limit.signal;
  });
  const picture = { name: 'a.png', data: Buffer.alloc(10 * 1024 * 1024) };
  playground.faults.next({ kind: 'hang', count: 3 });
  const sent = [
    api.editOriginal(key, { body: { content: 'x' }, files: [] }),
    api.editMessage('1', '2', { body: { content: 'x' }, files: [picture] }),
    api.message('3', '4'),
  ].map((request) => expect(request).rejects.toMatchObject({ problem: 'unanswered' }));
  expect(limits.map(({ ms }) => ms)).toEqual([10_000, 30_000 + 41_944, 30_000]);
  for (const { begun, end } of limits) {
    await vi.waitFor(() => expect(begun).toHaveBeenCalled(), { timeout: 30_000 });
    end();
  }
  await Promise.all(sent);
  await playground.close();
});

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
