import { expect, it } from 'vitest';
import { createEditBudget } from '../../../src/bots/discord/edit-budget.js';

function openBudget() {
  let nowMs = 1_000_000;
  const budget = createEditBudget({ monotonicMs: () => nowMs });
  return {
    budget,
    pass(milliseconds: number) {
      nowMs += milliseconds;
    },
  };
}

const card = (name: string, channel = 'c1') => ({
  card: name,
  channel,
  scope: `interaction:${name}`,
});
/** One whose token is over. */
const old = (name: string, channel = 'c1') => ({
  ...card(name, channel),
  scope: `channel:${channel}`,
});

type Bench = ReturnType<typeof openBudget>;
const numbered = (count: number, of: (index: number) => ReturnType<typeof card>) =>
  Array.from({ length: count }, (_, index) => of(index));

/** How many of them get a turn at once. */
const turns = ({ budget }: Bench, cards: readonly ReturnType<typeof card>[], final = false) =>
  cards.filter((one) => budget.readyInMs(one, final) === 0).length;

/** Cards that stand in the chat, and whose progress may be shown. */
function shown({ budget, pass }: Bench, cards: readonly ReturnType<typeof card>[]) {
  for (const one of cards) budget.edited(one.card, 0);
  pass(1500);
  return cards;
}

/** Turns of progress in so many milliseconds, each edit taken at once. */
function turnsWithin(bench: Bench, cards: readonly ReturnType<typeof card>[], ms: number) {
  let given = 0;
  for (let passed = 0; passed < ms; passed += 1) {
    for (const one of cards) {
      if (bench.budget.readyInMs(one, false) > 0) continue;
      given += 1;
      bench.budget.edited(one.card, 0);
    }
    bench.pass(1);
  }
  return given;
}

it('lets every card be shown for the first time at once', () => {
  const bench = openBudget();
  expect(
    turns(
      bench,
      numbered(20, (i) => card(`card${i}`)),
    ),
  ).toBe(20);
});

it('keeps progress of a card to one edit in a second and a half, and finals to none', () => {
  const { budget, pass } = openBudget();
  budget.edited('a', 0);
  expect(budget.readyInMs(card('a'), false)).toBe(1500);
  expect(budget.readyInMs(card('a'), true)).toBe(0);
  pass(1500);
  expect(budget.readyInMs(card('a'), false)).toBe(0);
});

it('shows progress less often where it uploads much', () => {
  const { budget } = openBudget();
  budget.edited('a', 8_000_000);
  expect(budget.readyInMs(card('a'), false)).toBe(9500);
});

it('starts one progress edit in a channel at a time, before any is answered', () => {
  const bench = openBudget();
  const cards = shown(
    bench,
    numbered(16, (i) => card(`card${i}`)),
  );
  expect(turns(bench, cards)).toBe(1);
  expect(bench.budget.readyInMs(card('card1'), false)).toBe(250);
  expect(bench.budget.readyInMs(card('card1'), true)).toBe(0);
  bench.pass(250);
  expect(turns(bench, cards.slice(1))).toBe(1);
});

it('starts what a late timer missed at once and no more, before any is answered', () => {
  const bench = openBudget();
  const cards = shown(
    bench,
    numbered(16, (i) => card(`card${i}`, `channel${i}`)),
  );
  expect(turns(bench, cards)).toBe(3);
  bench.pass(21);
  expect(turns(bench, cards.slice(3))).toBe(1);
});

it('paces the progress of all channels, and leaves others more of what the bot’s token may', () => {
  const byTokens = openBudget();
  const cards = shown(
    byTokens,
    numbered(100, (i) => card(`card${i}`, `channel${i}`)),
  );
  const exempt = turnsWithin(byTokens, cards, 10_000);
  expect(exempt).toBeGreaterThanOrEqual(450);
  expect(exempt).toBeLessThan(500);
  const byBot = openBudget();
  const olds = shown(
    byBot,
    numbered(100, (i) => old(`card${i}`, `channel${i}`)),
  );
  const counted = turnsWithin(byBot, olds, 10_000);
  expect(counted).toBeGreaterThanOrEqual(390);
  expect(counted).toBeLessThanOrEqual(410);
});

it('lets progress make room for cards that begin and end by the bot’s token', () => {
  const bench = openBudget();
  const [running = card('running')] = shown(bench, [card('running', 'its channel')]);
  const ends = numbered(10, (i) => old(`card${i}`));
  expect(turns(bench, ends, true)).toBe(10);
  expect(bench.budget.readyInMs(running, false)).toBe(250);
  expect(
    turns(
      bench,
      numbered(500, (i) => old(`card${i}`)),
      true,
    ),
  ).toBe(500);
  expect(bench.budget.readyInMs(running, false)).toBe(1000);
});

it('lets progress go on beside cards that begin and end by tokens that are exempt', () => {
  const bench = openBudget();
  const [running = card('running')] = shown(bench, [card('running', 'its channel')]);
  expect(
    turns(
      bench,
      numbered(10, (i) => card(`card${i}`)),
      true,
    ),
  ).toBe(10);
  expect(bench.budget.readyInMs(running, false)).toBe(0);
});

it('waits for what Discord has closed, with finals too', () => {
  const { budget, pass } = openBudget();
  budget.limited('interaction:a', 4000);
  expect(budget.readyInMs(card('a'), true)).toBe(4000);
  expect(budget.readyInMs(card('b'), true)).toBe(0);
  pass(4000);
  expect(budget.readyInMs(card('a'), true)).toBe(0);
});

it('leaves the last request of a bucket to a final state', () => {
  const { budget, pass } = openBudget();
  budget.edited('a', 0);
  budget.observed({ scope: 'interaction:a', remaining: 1, resetAfterMs: 3000 });
  pass(2000);
  expect(budget.readyInMs(card('a'), false)).toBe(1000);
  expect(budget.readyInMs(card('a'), true)).toBe(0);
  budget.observed({ scope: 'interaction:a', remaining: 0, resetAfterMs: 3000 });
  expect(budget.readyInMs(card('a'), true)).toBe(3000);
});

it('has progress make room for messages beside cards, which wait for what Discord has closed alone', () => {
  const bench = openBudget();
  const running = shown(
    bench,
    numbered(100, (i) => old(`card${i}`, `channel${i}`)),
  );
  for (let message = 0; message < 20; message += 1) bench.budget.messageReadyInMs('c1');
  expect(turns(bench, running)).toBe(0);
  bench.pass(1000);
  expect(turns(bench, running)).toBeGreaterThan(0);
  bench.budget.limited('channel:c1', 400);
  expect(bench.budget.messageReadyInMs('c1')).toBe(400);
  expect(bench.budget.messageReadyInMs('c2')).toBe(0);
});
