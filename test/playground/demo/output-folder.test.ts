import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOutputFolder } from '../../../src/playground/demo/output-folder.js';
import { apple, takeSnapshot } from '../../../src/playground/demo/snapshot.js';

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'easel-output-'));
});
afterEach(() => rm(path, { recursive: true, force: true }));

describe("the demo's folder", () => {
  it('keeps whole pictures only', async () => {
    const folder = await openOutputFolder(path);
    const picture = await takeSnapshot(apple);
    expect(await folder.save('whole', picture)).toMatchObject({ width: 800, height: 600 });
    await expect(folder.save('half', picture.subarray(0, 20_000))).rejects.toThrow(/half.*whole/);
    expect(await readdir(path)).toEqual(['data', 'whole.jpg']);
  });

  it('loses the pictures of the run before, and nothing else', async () => {
    await (await openOutputFolder(path)).release();
    for (const name of ['01-discord-old.jpg', 'easel.log', '01-holiday.jpg']) {
      await writeFile(join(path, name), 'x');
    }
    await writeFile(join(path, 'data', 'record'), 'x');
    await openOutputFolder(path);
    expect(await readdir(path)).toEqual(['01-holiday.jpg', 'data']);
    expect(await readdir(join(path, 'data'))).toEqual(['demo.lock', 'record']);
  });

  it('belongs to one demo at a time, until that is over or was killed', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await (await openOutputFolder(path)).release();
    await writeFile(join(path, 'data', 'demo.lock'), String(other.pid));
    await expect(openOutputFolder(path)).rejects.toThrow(
      `A demo runs already (process ${other.pid})`,
    );
    other.kill('SIGKILL');
    await once(other, 'exit');
    await (await openOutputFolder(path)).release();
    await openOutputFolder(path);
  });
});
