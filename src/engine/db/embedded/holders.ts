import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, processIdentity } from './process-identity.js';

/**
 * Who uses a server now: one file each, so that the last to leave stops it, and a process that was
 * killed does not count. The caller holds the folder's lock.
 */
export async function addHolder(home: string): Promise<string> {
  const folder = join(home, 'holders');
  await mkdir(folder, { recursive: true });
  const holder = join(folder, `${process.pid}-${randomBytes(6).toString('hex')}`);
  await writeFile(holder, processIdentity(process.pid) ?? '');
  return holder;
}

/** Resolves to whether nobody holds the server any more. */
export async function removeHolder(home: string, holder: string): Promise<boolean> {
  await rm(holder, { force: true });
  const folder = join(home, 'holders');
  let living = 0;
  for (const name of await readdir(folder)) {
    if (isAlive(await readFile(join(folder, name), 'utf8'))) living += 1;
    else await rm(join(folder, name), { force: true });
  }
  return living === 0;
}
