import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { projectRoot, testFolder } from '../../support/clone.js';

const output = join(testFolder, 'demo');
const limit = { timeout: 240_000, interval: 50 };

interface Demo {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly exited: Promise<number | null>;
}

const demos: Demo[] = [];

/** As on a machine where nothing is set. */
function startDemo(...args: string[]): Demo {
  const script = join(projectRoot, 'scripts/demo.mjs');
  const child = spawn(process.execPath, [script, '--output', output, ...args], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const hear = (chunk: Buffer) => {
    text += chunk.toString();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
  });
  const demo = { child, text: () => text, exited };
  demos.push(demo);
  return demo;
}

/** @returns the match, once the demo has said it */
async function said(demo: Demo, pattern: RegExp): Promise<RegExpExecArray> {
  return vi.waitFor(() => {
    const match = pattern.exec(demo.text());
    if (!match) throw new Error(`${pattern} was not said, but:\n${demo.text()}`);
    return match;
  }, limit);
}

async function easelOf(demo: Demo): Promise<number> {
  return Number((await said(demo, /Easel .* process (\d+)/))[1]);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

beforeAll(() => rm(output, { recursive: true, force: true }));
afterEach(async () => {
  for (const { child, exited } of demos.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
  }
});
afterAll(() => rm(output, { recursive: true, force: true }));

describe('npm run demo', () => {
  it('leaves nothing running when it is killed in the middle of a run', async () => {
    const demo = startDemo();
    const easel = await easelOf(demo);
    await said(demo, /Ada +running/);
    const other = startDemo('--once');
    expect(await other.exited).toBe(1);
    expect(other.text()).toContain(`A demo runs already (process ${demo.child.pid})`);

    demo.child.kill('SIGKILL');
    await vi.waitFor(() => expect(isRunning(easel)).toBe(false), limit);
    expect(await readdir(join(output, 'data/postgres/pgdata'))).not.toContain('postmaster.pid');
  });

  it('shows the whole tour on the data of a killed one, and exits 0', async () => {
    const demo = startDemo('--once');
    expect(await demo.exited, demo.text()).toBe(0);
    expect(demo.text()).toContain('Everything as promised');
    expect(demo.text()).not.toContain('✗');
    expect(demo.text()).not.toContain('\u001b');

    const pictures = (await readdir(output)).filter((name) => name.endsWith('.jpg'));
    expect(pictures).toHaveLength(16);
    for (const name of pictures) {
      expect(demo.text()).toContain(name);
      const { width } = await sharp(await readFile(join(output, name))).metadata();
      expect(width).toBeGreaterThan(500);
    }
  });

  it('exits 1 and says why when Easel dies on the way', async () => {
    const demo = startDemo('--once');
    const easel = await easelOf(demo);
    await said(demo, /Ada +queued/);
    process.kill(easel, 'SIGKILL');
    expect(await demo.exited).toBe(1);
    expect(demo.text()).toContain('Easel ended by SIGKILL');
    expect(demo.text()).toContain('The discord bot is ready');
  });

  it('ends in good order at Ctrl-C, in the middle of the tour too', async () => {
    const demo = startDemo();
    const easel = await easelOf(demo);
    demo.child.kill('SIGINT');
    expect(await demo.exited).toBe(130);
    expect(isRunning(easel)).toBe(false);
    expect(await readdir(join(output, 'data/postgres/pgdata'))).not.toContain('postmaster.pid');
  });

  it('says what it can do when it is asked for something else', async () => {
    const demo = startDemo('--twice');
    expect(await demo.exited).toBe(1);
    expect(demo.text()).toContain('--once');
  });
});
