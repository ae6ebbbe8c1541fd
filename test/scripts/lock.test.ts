import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { withLock } from '../../scripts/lock.mjs';

function lockPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'easel-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, '.setup.lock');
}

it('holds its owner’s pid from the first instant, and leaves nothing behind', async () => {
  const path = lockPath();
  await withLock(path, () => {
    expect(readFileSync(path, 'utf8')).toBe(String(process.pid));
    expect(readdirSync(join(path, '..'))).toEqual(['.setup.lock']);
  });
  expect(existsSync(path)).toBe(false);
});

it('takes over the lock of a process that was killed, also one without a pid', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  const path = lockPath();
  for (const left of [String(child.pid), '']) {
    writeFileSync(path, left);
    expect(await withLock(path, () => 'done')).toBe('done');
  }
});

it('waits for a process that lives', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  onTestFinished(() => void child.kill('SIGKILL'));
  const path = lockPath();
  writeFileSync(path, String(child.pid));
  let isAlone = false;
  const waiting = withLock(path, () => expect(isAlone).toBe(true));
  await new Promise((resolve) => setTimeout(resolve, 300));
  child.once('exit', () => {
    isAlone = true;
  });
  child.kill('SIGKILL');
  await waiting;
});
