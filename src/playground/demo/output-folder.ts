import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import sharp from 'sharp';

/** Holds Easel's data, which outlive a run. */
const dataName = 'data';
/** What the run before has left, and nothing else that somebody may keep in the folder. */
const clearedNames = /^(\d\d-(discord|telegram)-[a-z0-9-]+\.(jpg|png|webp)|easel\.log)$/;

export interface SavedPicture {
  /** As one would type it. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly byteLength: number;
}

export interface OutputFolder {
  readonly path: string;
  readonly dataDir: string;
  readonly logFile: string;
  /** @throws Error for bytes that are no whole picture */
  save(name: string, bytes: Uint8Array): Promise<SavedPicture>;
  /** Lets the next demo have it. */
  release(): Promise<void>;
}

/**
 * The folder of one demo at a time.
 * @throws Error when another demo that runs has it
 */
export async function openOutputFolder(path: string): Promise<OutputFolder> {
  const dataDir = join(path, dataName);
  await mkdir(dataDir, { recursive: true });
  const lock = join(dataDir, 'demo.lock');
  await take(lock);
  for (const name of await readdir(path)) {
    if (clearedNames.test(name)) await rm(join(path, name));
  }
  return {
    path,
    dataDir,
    logFile: join(path, 'easel.log'),
    async save(name, bytes) {
      const { format, info } = await decode(name, bytes);
      const file = join(path, `${name}.${format === 'jpeg' ? 'jpg' : format}`);
      await writeFile(file, bytes);
      return { path: shown(file), byteLength: bytes.byteLength, ...info };
    },
    release: () => rm(lock, { force: true }),
  };
}

/** Relative to where the demo was started, if it is below that. */
export function shown(path: string): string {
  const fromHere = relative(process.cwd(), resolve(path));
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere;
}

async function decode(name: string, bytes: Uint8Array) {
  try {
    const [{ format }, { info }] = await Promise.all([
      sharp(bytes).metadata(),
      sharp(bytes, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true }),
    ]);
    return { format, info: { width: info.width, height: info.height } };
  } catch (error) {
    throw new Error(`${name} (${bytes.byteLength} bytes) is no whole picture`, { cause: error });
  }
}

/** A demo that was killed leaves the file behind, with the id of a process that is gone. */
async function take(lock: string): Promise<void> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const owner = Number(await readFile(lock, 'utf8'));
    if (isRunning(owner)) {
      throw new Error(
        `A demo runs already (process ${owner}). End it, or give this one a folder of its own with --output; if there is none, delete ${shown(lock)}`,
      );
    }
    await writeFile(lock, String(process.pid));
  }
}

function isRunning(pid: number): boolean {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
