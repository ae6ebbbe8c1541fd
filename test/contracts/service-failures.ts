import { expect, it } from 'vitest';
import type { BackendCapabilities } from '../../src/engine/backends/backend.js';
import type { BackendError, BackendErrorDetails } from '../../src/engine/backends/backend-error.js';
import type { Fault } from '../support/comfyui-faults.js';
import { type BackendHarness, failureOf, startRun } from './backend-harness.js';

/** How a service can fail a run, in its own words. */
export type ServiceFailure =
  | 'moderated'
  | 'quota'
  /** With a Retry-After of seven seconds. */
  | 'rate-limited'
  /** Something that it cannot do, or does not understand. */
  | 'invalid'
  /** It repeats the key, or whatever else lets us in, in its refusal. */
  | 'wrong-key'
  | 'not-ready'
  | 'overloaded'
  | 'out-of-memory'
  | 'half-image'
  /** Answered and billed, without an image. */
  | 'no-image'
  /** A proxy's page of HTML. */
  | 'page'
  | 'redirect'
  | 'garbage'
  /** More than anybody would want to keep. */
  | 'endless'
  /** The connection breaks after the run was taken. */
  | 'broken-off';

type Expected = Partial<Record<keyof BackendErrorDetails, unknown>>;

/** By the table of BACKENDS, "Errors to classes". */
const expectations: Readonly<
  Record<Exclude<ServiceFailure, 'broken-off'>, (can: BackendCapabilities) => Expected>
> = {
  moderated: () => ({ kind: 'moderated', retryable: false }),
  quota: () => ({ kind: 'quota' }),
  'rate-limited': () => ({ kind: 'rate-limited', retryable: true, retryAfterMs: 7_000 }),
  invalid: () => ({ kind: 'invalid-request', retryable: false, billed: 'no' }),
  'wrong-key': () => ({ ...refusedByOperator, billed: 'no' }),
  'not-ready': () => ({ kind: 'unavailable', retryable: true, billed: 'no' }),
  overloaded: () => ({ kind: 'transient', retryable: true, billed: 'no' }),
  'out-of-memory': () => ({
    kind: 'transient',
    retryable: true,
    maxRetries: 1,
    finalKind: 'invalid-request',
    userText: expect.stringContaining('memory'),
  }),
  'half-image': ({ paid }) => ({
    kind: 'transient',
    ...(paid ? { retryable: false, billed: 'yes' } : { retryable: true, billed: 'no' }),
  }),
  'no-image': () => ({ kind: 'transient', retryable: true, maxRetries: 1, billed: 'yes' }),
  page: (can) => ({ kind: 'unavailable', operatorText: expect.any(String), ...unknownOn(can) }),
  redirect: () => ({ kind: 'unavailable', operatorText: expect.any(String), billed: 'no' }),
  garbage: (can) => ({ kind: 'transient', ...unknownOn(can) }),
  endless: (can) => ({ kind: 'transient', ...unknownOn(can) }),
};

const refusedByOperator = {
  kind: 'unavailable',
  retryable: false,
  operatorText: expect.stringMatching(/\S/),
};

/** Of a run that may have cost something, a second would perhaps be a second bill. */
function unknownOn({ paid }: BackendCapabilities): Expected {
  return paid ? { retryable: false, billed: 'unknown' } : { retryable: true, billed: 'no' };
}

/**
 * Failures of a service, each its class, with nothing in their texts that is not for the reader's
 * eyes, and none of them submitted again: retries are the engine's.
 */
export function describeServiceFailures(open: () => Promise<BackendHarness>): void {
  for (const [name, expectation] of Object.entries(expectations)) {
    const failure = name as keyof typeof expectations;
    it(`knows the class of a failure, and keeps secrets out of its texts: ${failure}`, async ({
      skip,
    }) => {
      const harness = await open();
      const { backend, request, submissions } = harness;
      const fail = harness.failures?.[failure];
      if (!fail) skip('the service has no such failure');
      fail?.();
      const error = await failureOf(startRun(backend, request).result);
      expect(error).toMatchObject(expectation(backend.capabilities));
      checkTexts(error, harness.secrets ?? []);
      if (submissions) expect(submissions()).toBeLessThanOrEqual(1);
      if (failure === 'wrong-key') await expectHealthOfRefused(backend.health());
    });
  }

  it('loses no run, and repeats none, where the connection breaks after it was taken', async ({
    skip,
  }) => {
    const harness = await open();
    const { backend, request, submissions, failures } = harness;
    const fail = failures?.['broken-off'];
    if (!fail) skip('has no connection that could break');
    fail?.();
    const { result } = startRun(backend, request);
    // Where the service can be asked for it by name, it goes on.
    if (harness.findsBrokenOff) expect((await result).images).toHaveLength(request.count);
    else {
      const expected = { kind: 'transient', ...unknownOn(backend.capabilities) };
      expect(await failureOf(result)).toMatchObject(expected);
    }
    expect(submissions?.()).toBe(1);
  });
}

/** Not every service can be asked who we are without a run; but none is said to be away. */
async function expectHealthOfRefused(health: Promise<void>): Promise<void> {
  const error = await health.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error !== undefined) expect(error).toMatchObject(refusedByOperator);
}

function checkTexts(error: BackendError, secrets: readonly string[]): void {
  const { message, userText = '', operatorText = '' } = error;
  const causes: string[] = [];
  for (let each: unknown = error.cause; each instanceof Error; each = each.cause) {
    causes.push(each.message);
  }
  for (const secret of secrets) {
    for (const text of [message, userText, operatorText, ...causes]) {
      expect(text).not.toContain(secret);
    }
  }
  expect(message).not.toBe('');
  expect(userText.length).toBeLessThan(250);
  expect(userText).not.toMatch(/https?:|127\.0\.0\.1|\n| at \w+ \(|[A-Z][a-z]+Error:/);
}

/** What any HTTP service can do to the call that begins a run. */
export function usualFailures(
  fail: (fault: Fault) => void,
): Partial<Record<ServiceFailure, () => void>> {
  const status =
    (code: number, headers: Record<string, string> = {}) =>
    () =>
      fail({ kind: 'status', status: code, headers, body: '{"error":{"message":"no reason"}}' });
  const body = (contentType: string, text: string) => () =>
    fail({ kind: 'body', contentType, body: text });
  return {
    quota: status(402),
    'rate-limited': status(429, { 'retry-after': '7' }),
    invalid: status(400),
    'not-ready': status(503),
    overloaded: status(502),
    page: body('text/html', '<!doctype html><title>Welcome</title>'),
    redirect: status(302, { location: 'http://127.0.0.1:9/elsewhere' }),
    garbage: body('application/json', '\u0000{"what'),
    endless: () => fail({ kind: 'endless' }),
    'broken-off': () => fail({ kind: 'reset-after' }),
    'half-image': () => fail({ kind: 'half-images' }),
  };
}
