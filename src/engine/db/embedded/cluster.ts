import { randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { PostgresBinaries } from './binaries.js';
import { canWrite, type RunAs, runAs } from './run-as.js';

export const SUPERUSER = 'easel';

/** Where a database cluster stands, and who its server runs as. */
export type Cluster = { pgdata: string; password: string; user: RunAs };

/** Reachable for everybody and kept over a reboot; used by root alone. */
const OUTSIDE_FOLDERS = ['/var/lib/easel', '/var/tmp/easel-databases'];

/**
 * The cluster that belongs to the folder `home`, made when there is none yet. It stands in
 * `home/pgdata`; or, where root starts it and the user that Postgres then runs as can't reach that
 * (a folder above it has mode 700), in a folder of its own that the file `home/location` names.
 * The caller holds the folder's lock.
 */
export async function openCluster(
  home: string,
  user: RunAs,
  binaries: PostgresBinaries,
): Promise<Cluster> {
  const password = await passwordIn(home);
  const existing = await existingPgdata(home);
  if (existing === undefined) {
    const folder = await chooseFolder(home, user);
    return { pgdata: await createPgdata(folder, password, user, binaries), password, user };
  }
  const owner = await ownerOf(existing, user);
  await checkVersion(existing, binaries);
  if (!(await canWrite(owner, existing))) {
    throw new Error(
      `The database in ${existing} belongs to user ${(await stat(existing)).uid}, who can't reach it or whom we can't act for`,
    );
  }
  return { pgdata: existing, password, user: owner };
}

/** The folder that `home/location` names, or `home` itself. */
async function clusterFolder(home: string): Promise<string> {
  return (await readIfPresent(join(home, 'location')))?.trim() ?? home;
}

async function existingPgdata(home: string): Promise<string | undefined> {
  const folder = await clusterFolder(home);
  const pgdata = join(folder, 'pgdata');
  if ((await readIfPresent(join(pgdata, 'PG_VERSION'))) !== undefined) return pgdata;
  if (folder === home) return undefined;
  throw new Error(
    `${join(home, 'location')} says that the database is in ${folder}, but it is not`,
  );
}

/** Removes the cluster that belongs to `home`, wherever it stands, and `home` itself. */
export async function removeCluster(home: string): Promise<void> {
  const folder = await clusterFolder(home);
  await rm(folder, { recursive: true, force: true });
  await rm(home, { recursive: true, force: true });
}

async function passwordIn(home: string): Promise<string> {
  const path = join(home, 'password');
  const kept = (await readIfPresent(path))?.trim();
  if (kept) return kept;
  if ((await existingPgdata(home)) !== undefined) {
    throw new Error(`${path} is missing, and without it the database beside it does not open`);
  }
  const password = randomBytes(24).toString('base64url');
  await writeFile(path, `${password}\n`, { mode: 0o600 });
  return password;
}

async function chooseFolder(home: string, user: RunAs): Promise<string> {
  if (await reaches(home, user)) return home;
  for (const parent of user.uid === undefined ? [] : OUTSIDE_FOLDERS) {
    const folder = join(parent, `postgres-${randomBytes(8).toString('hex')}`);
    const made = await mkdir(folder, { recursive: true, mode: 0o711 }).then(
      () => reaches(folder, user),
      () => false,
    );
    if (!made) continue;
    await writeFile(join(home, 'location'), `${folder}\n`);
    return folder;
  }
  throw new Error(`Postgres can't write below ${home}: check its rights, or set DATABASE_URL`);
}

async function reaches(folder: string, user: RunAs): Promise<boolean> {
  const probe = join(folder, `probe-${randomBytes(6).toString('hex')}`);
  try {
    await ownFolder(probe, user);
    return await canWrite(user, probe);
  } catch {
    // A file system that is read-only, or that keeps no owners.
    return false;
  } finally {
    await rm(probe, { recursive: true, force: true });
  }
}

async function ownFolder(folder: string, { uid, gid }: RunAs): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
}

/** Made under another name and renamed, so that half a cluster is never taken for a whole one. */
async function createPgdata(
  folder: string,
  password: string,
  user: RunAs,
  { initdb }: PostgresBinaries,
): Promise<string> {
  await removeUnfinished(folder);
  const unfinished = join(folder, `unfinished-${randomBytes(6).toString('hex')}`);
  const passwordFile = join(unfinished, 'password');
  await ownFolder(unfinished, user);
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (user.uid !== undefined && user.gid !== undefined) {
      await chown(passwordFile, user.uid, user.gid);
    }
    await runAs(user, initdb, [
      `--pgdata=${join(unfinished, 'pgdata')}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ]);
    await rename(join(unfinished, 'pgdata'), join(folder, 'pgdata'));
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return join(folder, 'pgdata');
}

async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const isLeftOver = name.startsWith('unfinished-') || name === 'pgdata';
    if (isLeftOver) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Root runs an existing cluster as its owner, so that it may be started now by root, now not. */
async function ownerOf(pgdata: string, user: RunAs): Promise<RunAs> {
  const { uid, gid } = await stat(pgdata);
  if (user.uid === undefined) return user;
  if (uid !== 0) return { uid, gid };
  throw new Error(`${pgdata} belongs to root, as whom Postgres does not run: chown it`);
}

async function checkVersion(pgdata: string, { major }: PostgresBinaries): Promise<void> {
  const madeBy = (await readFile(join(pgdata, 'PG_VERSION'), 'utf8')).trim();
  if (madeBy === major) return;
  throw new Error(
    `The database in ${pgdata} was made by Postgres ${madeBy}, and this is ${major}: dump it with the former, or set DATABASE_URL`,
  );
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The folder for our own files; others may pass through it to the cluster, not read it. */
export async function makeHome(home: string): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o755 });
  await chmod(home, 0o711);
}
