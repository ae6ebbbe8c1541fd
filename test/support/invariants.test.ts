import { expect, it } from 'vitest';
import { type Ask, type Evidence, judge, type Shown } from './invariants.js';

const bounds = { submissions: 2, answerMs: 1_000, endMs: 10_000 };
const ask: Ask = { tag: 'tag1', id: '5/1', tasks: 1, askedAtMs: 1_000, isAcknowledged: () => true };
const done: Shown = {
  id: 'telegram 5/2',
  answers: '5/1',
  text: 'tag1 fox — Ann\n1 image · 2.0 s · tiny · seed 7',
  buttons: ['U1', '🔄', 'V1', 'Delete'],
  images: ['abc'],
  shownAtMs: 1_500,
  changedAtMs: 4_000,
};
const queued: Shown = { ...done, text: 'tag1 — Ann\nqueued', buttons: ['Cancel'], images: [] };
const lettersOf = (evidence: Partial<Evidence>) =>
  judge({ asks: [ask], shown: [done], submissions: ['tag1 fox'], ...evidence }, bounds).map(
    (complaint) => complaint[0],
  );

it('has nothing against a task that was made once and shown once', () => {
  expect(lettersOf({})).toEqual([]);
});

it('L: notices a command without an answer, a card that never ended, and a task that is missing', () => {
  expect(lettersOf({ shown: [] })).toContain('L');
  expect(lettersOf({ shown: [queued] })).toContain('L');
  expect(lettersOf({ asks: [{ ...ask, tasks: 2 }] })).toEqual(['L']);
  expect(lettersOf({ shown: [{ ...done, images: [] }] })).toEqual(['L']);
});

it('L: holds nothing against Easel of which the asker heard that nobody answered', () => {
  expect(lettersOf({ asks: [{ ...ask, isAcknowledged: () => false }], shown: [] })).toEqual([]);
});

it('L: takes "busy" for an end, but not where the images come all the same', () => {
  const text = 'Easel is busy and kept nothing of this. Try again in a minute.';
  const busy = { ...queued, id: 'telegram 5/3', text, buttons: [] };
  expect(lettersOf({ shown: [busy] })).toEqual([]);
  expect(lettersOf({ shown: [busy, done] })).toEqual(['L']);
});

it('D: notices a second finished card, a picture posted twice, and a stale copy', () => {
  const again = { ...done, id: 'telegram 5/4' };
  expect(lettersOf({ shown: [done, { ...again, images: ['def'] }] })).toEqual(['D']);
  expect(lettersOf({ shown: [{ ...done, images: ['abc', 'abc'] }] })).toContain('D');
  expect(lettersOf({ shown: [done, { ...queued, id: 'telegram 5/5' }] })).toEqual(['D']);
});

it('T: notices a late answer and a late end', () => {
  expect(lettersOf({ shown: [{ ...done, shownAtMs: 2_001 }] })).toEqual(['T']);
  expect(lettersOf({ shown: [{ ...done, changedAtMs: 11_001 }] })).toEqual(['T']);
});

it('S: notices one submission too many', () => {
  expect(lettersOf({ submissions: ['tag1 fox', 'tag1 fox', 'tag1 fox'] })).toEqual(['S']);
});

it('counts the tasks of a batch by what its card says', () => {
  const text = 'tag1 — Ann\n3 done · 1 failed · 1 cancelled\n3 images · 5.1 s · tiny';
  expect(lettersOf({ asks: [{ ...ask, tasks: 5 }], shown: [{ ...done, text }] })).toEqual([]);
});
