import { describe, expect, it } from 'vitest';
import {
  BackendError,
  type BackendErrorDetails,
} from '../../../src/engine/backends/backend-error.js';
import { decideAfterFailure, defaultDeadlineMs } from '../../../src/engine/tasks/retry-policy.js';

const fresh = { retries: 0, submissions: 1, deadlineInMs: null, elsewhere: false };
const steady = () => 0.5;
const decide = (details: BackendErrorDetails, attempt = {}) =>
  decideAfterFailure(new BackendError('x', details), { ...fresh, ...attempt }, steady);

describe('after a failure', () => {
  it('tells moderated and invalid requests at once', () => {
    for (const kind of ['moderated', 'invalid-request'] as const) {
      expect(decide({ kind, retryable: false, userText: 'why' })).toEqual({
        kind: 'fail',
        failure: { kind, text: 'why', billed: 'no' },
      });
    }
  });

  it('tries a passing failure twice more, later each time', () => {
    const transient = { kind: 'transient', retryable: true } as const;
    expect(decide(transient)).toMatchObject({ kind: 'wait', retries: 1, delayMs: 1_000 });
    expect(decide(transient, { retries: 1 })).toMatchObject({ retries: 2, delayMs: 3_000 });
    expect(decide(transient, { retries: 2 })).toMatchObject({ kind: 'fail' });
  });

  it('never repeats what may have been billed', () => {
    expect(decide({ kind: 'transient', retryable: true, billed: 'unknown' })).toMatchObject({
      kind: 'fail',
      failure: { billed: 'unknown' },
    });
  });

  it('tries only as often as the failure is worth', () => {
    const memory = { kind: 'transient', retryable: true, maxRetries: 1 } as const;
    expect(decide(memory)).toMatchObject({ kind: 'wait' });
    expect(decide(memory, { retries: 1 })).toMatchObject({ kind: 'fail' });
    const twice = decide({ ...memory, finalKind: 'invalid-request' }, { retries: 1 });
    expect(twice).toMatchObject({ kind: 'fail', failure: { kind: 'invalid-request' } });
  });

  it('honours Retry-After without costing an attempt', () => {
    expect(decide({ kind: 'rate-limited', retryable: true, retryAfterMs: 7_000 })).toMatchObject({
      kind: 'wait',
      reason: 'rate-limited',
      delayMs: 7_000,
      retries: 0,
    });
  });

  it('waits for a dead service until the deadline, and no longer', () => {
    const away = { kind: 'unavailable', retryable: true } as const;
    const first = decide(away);
    expect(first).toMatchObject({ kind: 'wait', reason: 'unavailable', retries: 0 });
    expect(first).toMatchObject({ deadlineInMs: defaultDeadlineMs });
    expect(decide(away, { deadlineInMs: 1_000 })).toMatchObject({
      kind: 'fail',
      failure: { kind: 'unavailable' },
    });
  });

  it('fails at once where the settings are refused, unless others can have the task', () => {
    const refused = { kind: 'unavailable', retryable: false } as const;
    const failure = { kind: 'misconfigured', text: null, billed: 'no' };
    expect(decide(refused)).toEqual({ kind: 'fail', failure });
    expect(decide(refused, { elsewhere: true })).toMatchObject({ kind: 'wait', delayMs: 0 });
    // Perhaps it ran: that is no matter of settings.
    const unknown = decide({ ...refused, billed: 'unknown' });
    expect(unknown).toMatchObject({ failure: { kind: 'unavailable', billed: 'unknown' } });
  });

  it('fails an exhausted quota that does not come back', () => {
    expect(decide({ kind: 'quota', retryable: false })).toMatchObject({ kind: 'fail' });
    expect(decide({ kind: 'quota', retryable: true, retryAfterMs: 60_000 })).toMatchObject({
      kind: 'wait',
      reason: 'quota',
    });
  });
});
