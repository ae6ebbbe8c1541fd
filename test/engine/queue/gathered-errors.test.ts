import { pino } from 'pino';
import { expect, it } from 'vitest';
import { gatherErrors } from '../../../src/engine/queue/gathered-errors.js';

it('makes one line of what happened to many jobs at once, with how many they were', () => {
  const lines: { readonly times: number; readonly err: { readonly message: string } }[] = [];
  const log = pino(
    { level: 'warn' },
    { write: (line: string) => void lines.push(JSON.parse(line)) },
  );
  const errors = gatherErrors(log, 'The queue is unwell');
  for (let job = 1; job <= 200; job += 1) {
    errors.report(new Error(`could not renew lock for job task${job}-1`));
  }
  errors.report(new Error('Missing lock for job task1-1. moveToFinished'));
  errors.report(new Error('Missing lock for job task2-3. moveToFinished'));
  errors.report(new Error('connect ECONNREFUSED'));
  expect(lines).toEqual([]);
  errors.flush();
  errors.flush();
  expect(lines.map(({ times, err }) => [times, err.message])).toEqual([
    [200, 'could not renew lock for job task1-1'],
    [2, 'Missing lock for job task1-1. moveToFinished'],
    [1, 'connect ECONNREFUSED'],
  ]);
});
