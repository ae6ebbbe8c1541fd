import { beforeEach, describe, expect, it } from 'vitest';
import {
  type CircuitBreaker,
  createCircuitBreaker,
} from '../../../src/engine/backends/circuit-breaker.js';

let nowMs: number;
let breaker: CircuitBreaker;
beforeEach(() => {
  nowMs = 1_000;
  breaker = createCircuitBreaker(3_000, () => nowMs);
});

function failRuns(times: number): void {
  for (let failed = 0; failed < times; failed += 1) breaker.runFailed({ suspect: false });
}

/** Rests until a good check closes it, and says for how long that was. */
function restMs(): number {
  const began = nowMs;
  while (!breaker.checkSucceeded()) nowMs += 1_000;
  return nowMs - began;
}

describe('a circuit breaker', () => {
  it('opens after three failures in a row, and not when a good run came between', () => {
    failRuns(2);
    breaker.runSucceeded();
    failRuns(2);
    expect(breaker.admits()).toBe(true);
    failRuns(1);
    expect(breaker.admits()).toBe(false);
    expect(breaker.state()).toEqual({ state: 'resting', remainingMs: 3_000 });
  });

  it('closes on trial, and rests twice as long when the trial fails, up to a minute', () => {
    failRuns(3);
    expect(restMs()).toBe(3_000);
    expect(breaker.admits()).toBe(true);
    const rests = [1, 2, 3, 4, 5, 6].map(() => {
      failRuns(1);
      return restMs();
    });
    expect(rests).toEqual([6_000, 12_000, 24_000, 48_000, 60_000, 60_000]);
    breaker.runSucceeded();
    failRuns(3);
    expect(restMs()).toBe(3_000);
  });

  it('opens by one failed check, and closes by the first good one', () => {
    expect(breaker.checkFailed(nowMs)).toBe(0);
    expect(breaker.state().state).toBe('away');
    nowMs += 500;
    expect(breaker.checkFailed(nowMs)).toBe(500);
    expect(breaker.checkSucceeded()).toBe(true);
    expect(breaker.admits()).toBe(true);
  });

  it('takes nothing between a refused connection and the check that looks', () => {
    breaker.runFailed({ suspect: true });
    expect(breaker.admits()).toBe(false);
    breaker.checkSucceeded();
    expect(breaker.admits()).toBe(true);
  });

  it('takes nothing while checks say that it refuses us, and all as soon as they do not', () => {
    breaker.checkMisconfigured();
    expect(breaker.admits()).toBe(false);
    expect(breaker.state()).toEqual({ state: 'misconfigured', remainingMs: null });
    expect(breaker.checkSucceeded()).toBe(true);
    expect(breaker.admits()).toBe(true);
    expect(breaker.state().state).toBe('well');
  });

  it('rests after a run that was refused, though checks are good', () => {
    breaker.runMisconfigured();
    expect(breaker.state().state).toBe('misconfigured');
    expect(breaker.checkSucceeded()).toBe(false);
    expect(restMs()).toBe(3_000);
    expect(breaker.state().state).toBe('well');
    breaker.runMisconfigured();
    expect(restMs()).toBe(6_000);
  });

  it('is well again by a good run where only a run was refused, and not where checks are', () => {
    breaker.runMisconfigured();
    expect(breaker.runSucceeded()).toBe(true);
    expect(breaker.state().state).toBe('well');
    expect(breaker.admits()).toBe(true);
    expect(breaker.runSucceeded()).toBe(false);
    breaker.checkMisconfigured();
    expect(breaker.runSucceeded()).toBe(false);
    expect(breaker.state().state).toBe('misconfigured');
    breaker.checkFailed(nowMs);
    breaker.runSucceeded();
    expect(breaker.admits()).toBe(false);
  });

  it('waits for a quota to be there again, whatever the checks say', () => {
    breaker.exhaust(60_000);
    breaker.checkSucceeded();
    expect(breaker.admits()).toBe(false);
    expect(breaker.state()).toEqual({ state: 'exhausted', remainingMs: 60_000 });
    nowMs += 60_000;
    expect(breaker.admits()).toBe(true);
  });
});
