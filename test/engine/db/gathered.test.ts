import { expect, it } from 'vitest';
import { gathered } from '../../../src/engine/db/gathered.js';

/** Asks whose answers are held back until the test lets them go, one statement after the other. */
function createAsked() {
  const statements: { readonly items: readonly number[]; answer(): void; fail(e: Error): void }[] =
    [];
  const ask = gathered(
    (items: readonly number[]) =>
      new Promise<readonly string[]>((resolve, reject) => {
        statements.push({
          items,
          answer: () => resolve(items.map((item) => `answer ${item}`)),
          fail: reject,
        });
      }),
  );
  const began = async (count: number) => {
    await expect.poll(() => statements.length).toBe(count);
    return statements[count - 1];
  };
  return { ask, began, statements };
}

it('asks at once for one, and for all who came meanwhile in one statement', async () => {
  const { ask, began, statements } = createAsked();
  const first = ask(1);
  const alone = await began(1);
  const others = [ask(2), ask(3), ask(4)];
  alone?.answer();
  expect(await first).toBe('answer 1');
  (await began(2))?.answer();
  expect(await Promise.all(others)).toEqual(['answer 2', 'answer 3', 'answer 4']);
  expect(statements.map(({ items }) => items)).toEqual([[1], [2, 3, 4]]);
});

it('takes those who ask in the same moment together', async () => {
  const { ask, began } = createAsked();
  const answers = [ask(1), ask(2)];
  const statement = await began(1);
  expect(statement?.items).toEqual([1, 2]);
  statement?.answer();
  expect(await Promise.all(answers)).toEqual(['answer 1', 'answer 2']);
});

it('fails only the one with a defect, and asks the others by themselves', async () => {
  const ask = gathered(async (items: readonly number[]) => {
    if (items.includes(13)) throw new Error('a defect');
    return items.map((item) => item * 2);
  });
  const answers = await Promise.allSettled([ask(1), ask(13), ask(2)]);
  expect(answers).toMatchObject([{ value: 2 }, { reason: { message: 'a defect' } }, { value: 4 }]);
});

it('fails all at once where the connection was lost, and asks again for who comes later', async () => {
  let asked = 0;
  const ask = gathered(async (items: readonly number[]) => {
    asked += 1;
    if (asked === 1) throw new Error('Connection terminated unexpectedly');
    return items;
  });
  const answers = await Promise.allSettled([ask(1), ask(2)]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(asked).toBe(1);
  expect(await ask(3)).toBe(3);
});

it('lets nobody who comes later wait for one that waits for a lock, nor those who came with it', async () => {
  const tooSlow = Object.assign(new Error('canceling statement due to lock timeout'), {
    code: '55P03',
  });
  let unlock: (error: Error) => void = () => undefined;
  const locked = new Promise<never>((_resolve, reject) => {
    unlock = reject;
  });
  const ask = gathered(async (items: readonly number[]) =>
    items.includes(13) ? await locked : items,
  );
  const held = ask(13);
  const beside = ask(1);
  await Promise.resolve();
  await Promise.resolve();
  expect(await ask(2)).toBe(2);
  unlock(tooSlow);
  await expect(held).rejects.toBe(tooSlow);
  expect(await beside).toBe(1);
});
