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

it('lets every card be shown for the first time at once', () => {
  const { budget } = openBudget();
  for (let i = 0; i < 20; i++) {
    expect(budget.readyInMs(card(`card${i}`), false)).toBe(0);
    budget.edited(card(`card${i}`), false, 0);
  }
});

it('keeps progress of a card to one edit in a second and a half, and finals to none', () => {
  const { budget, pass } = openBudget();
  budget.edited(card('a'), false, 0);
  expect(budget.readyInMs(card('a'), false)).toBe(1500);
  expect(budget.readyInMs(card('a'), true)).toBe(0);
  pass(1500);
  expect(budget.readyInMs(card('a'), false)).toBe(0);
});

it('shows progress less often where it uploads much', () => {
  const { budget } = openBudget();
  budget.edited(card('a'), false, 8_000_000);
  expect(budget.readyInMs(card('a'), false)).toBe(9500);
});

it('shares a channel among the progress of its cards', () => {
  const { budget, pass } = openBudget();
  for (let i = 0; i < 12; i++) budget.edited(card(`card${i}`), false, 0);
  pass(1500);
  expect(budget.readyInMs(card('card0'), false)).toBe(0);
  for (let i = 0; i < 12; i++) budget.edited(card(`card${i}`), false, 0);
  pass(1500);
  expect(budget.readyInMs(card('card0'), false)).toBe(1500);
  expect(budget.readyInMs(card('card0'), true)).toBe(0);
});

it('stays below 50 edits a second over all channels', () => {
  const { budget, pass } = openBudget();
  const edit = () => {
    for (let i = 0; i < 500; i++) budget.edited(card(`card${i}`, `channel${i}`), false, 0);
  };
  edit();
  pass(10_000);
  edit();
  pass(10_000);
  expect(budget.readyInMs(card('card0', 'channel0'), false)).toBe(458);
  pass(458);
  expect(budget.readyInMs(card('card0', 'channel0'), false)).toBe(0);
});

it('lets progress make room for cards that begin and end, a second at most', () => {
  const { budget, pass } = openBudget();
  budget.edited(card('running', 'its channel'), false, 0);
  pass(2000);
  for (let i = 0; i < 10; i++) budget.edited(card(`card${i}`), i % 2 === 0, 0);
  expect(budget.readyInMs(card('running', 'its channel'), false)).toBe(210);
  for (let i = 0; i < 500; i++) budget.edited(card(`card${i}`), i % 2 === 0, 0);
  expect(budget.readyInMs(card('running', 'its channel'), false)).toBe(1000);
  expect(budget.readyInMs(card('card3'), true)).toBe(0);
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
  budget.edited(card('a'), false, 0);
  budget.observed({ scope: 'interaction:a', remaining: 1, resetAfterMs: 3000 });
  pass(2000);
  expect(budget.readyInMs(card('a'), false)).toBe(1000);
  expect(budget.readyInMs(card('a'), true)).toBe(0);
  budget.observed({ scope: 'interaction:a', remaining: 0, resetAfterMs: 3000 });
  expect(budget.readyInMs(card('a'), true)).toBe(3000);
});
