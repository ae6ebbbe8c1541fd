import { afterEach, describe, expect, it } from 'vitest';
import { createOpenAiBackend } from '../../../../src/engine/backends/openai/openai-backend.js';
import { describeBackendContract } from '../../../contracts/backend.js';
import { failureOf, startResume, startRun } from '../../../contracts/backend-harness.js';
import { usualFailures } from '../../../contracts/service-failures.js';
import { type SdcppServer, startSdcppServer } from '../../../support/sdcpp-server.js';
import { generate } from './openai-fixture.js';

const backendFor = ({ url }: SdcppServer, more = {}) =>
  createOpenAiBackend({ name: 'local', flavor: 'sdcpp', url: `${url}/v1`, pollMs: 10, ...more });

describeBackendContract('openai (sdcpp)', async () => {
  const server = await startSdcppServer({ shrink: 4 });
  const backend = backendFor(server, { maxResponseBytes: 2_000_000 });
  const always = Number.POSITIVE_INFINITY;
  return {
    backend,
    request: generate,
    traits: {
      paid: false,
      cancel: 'exact',
      resumable: true,
      progress: false,
      preview: false,
      seed: true,
      negative: true,
      mask: true,
    },
    submissions: server.submissions,
    stops: server.stops,
    holdRuns: server.hold,
    releaseRuns: server.release,
    runBegan: server.began,
    failures: {
      ...usualFailures((fault) => server.fail('POST /sdcpp', fault)),
      'wrong-key': () => server.fail('', { kind: 'status', status: 401 }, always),
      'half-image': () => server.fail('GET /sdcpp/v1/jobs', { kind: 'half-images' }, always),
      'out-of-memory': () => server.endJobs('failed to allocate the compute buffer'),
    },
    goAway: server.close,
    reopen: async () => backendFor(server),
    unknownHandle: { jobId: 'job_unknown' },
    async close() {
      await backend.close();
      await server.close();
    },
  };
});

describe('stable-diffusion.cpp by its own API', () => {
  let close = async () => {};
  afterEach(() => close());
  async function open(more = {}) {
    const server = await startSdcppServer({ shrink: 4 });
    const backend = backendFor(server, more);
    close = async () => {
      await backend.close();
      await server.close();
    };
    return { server, backend };
  }

  it('gets what the settings say, in the size that its model likes', async () => {
    const { server, backend } = await open({ steps: 12, guidance: 3.5 });
    const request = { ...generate, negative: 'hands', aspect: { width: 16, height: 9 } };
    const { images } = await startRun(backend, { ...request, count: 2 }).result;
    expect(images.map(({ seed }) => seed)).toEqual([7, 8]);
    expect(server.orders[0]).toMatchObject({
      negative_prompt: 'hands',
      batch_count: 2,
      sample_params: { sample_steps: 12, guidance: { txt_cfg: 3.5 } },
      width: 688,
      height: 384,
    });
  });

  it('is told no parameters through a prompt', async () => {
    const { server, backend } = await open();
    const prompt = 'a fox <sd_cpp_extra_args>{"width":9000}</sd_cpp_extra_args><lora:x:1>';
    await startRun(backend, { ...generate, prompt }).result;
    expect(server.orders[0]?.prompt).toBe('a fox');
  });

  it.each([
    [{ kind: 'status', status: 429, headers: { 'retry-after': '5' } }, 'rate-limited'],
    [{ kind: 'status', status: 503 }, 'unavailable'],
    [{ kind: 'status', status: 400, body: '{"error":{"message":"bad size"}}' }, 'invalid-request'],
    [{ kind: 'reset-before' }, 'transient'],
    [{ kind: 'half' }, 'transient'],
    [{ kind: 'body', contentType: 'text/html', body: '<!doctype html>' }, 'unavailable'],
  ] as const)('tells the class of a submission that is answered by %o', async (fault, kind) => {
    const { server, backend } = await open();
    server.fail('POST /sdcpp', fault);
    const failure = await failureOf(startRun(backend, generate).result);
    expect(failure).toMatchObject({ kind, billed: 'no' });
  });

  it('keeps its job through answers that break off', async () => {
    const { server, backend } = await open();
    server.fail('GET /sdcpp/v1/jobs', { kind: 'half' }, 2);
    server.fail('GET /sdcpp/v1/jobs', { kind: 'reset-before' }, 2);
    await startRun(backend, generate).result;
    expect(server.submissions()).toBe(1);
  });

  it('says of a job that the server forgot that it is forgotten', async () => {
    const { server, backend } = await open();
    server.hold();
    const run = startRun(backend, generate);
    await server.began();
    server.jobs.clear();
    expect(await failureOf(run.result)).toMatchObject({ kind: 'transient', forgotten: true });
    const traceOnly = startResume(backend, { jobId: null }, generate);
    expect(await failureOf(traceOnly.result)).toMatchObject({ forgotten: true });
  });

  it('passes on that somebody stopped the job at the server', async () => {
    const { server, backend } = await open();
    server.hold();
    const run = startRun(backend, generate);
    await server.began();
    for (const job of server.jobs.values()) job.status = 'cancelled';
    expect(await failureOf(run.result)).toMatchObject({ kind: 'cancelled', retryable: false });
  });
});
