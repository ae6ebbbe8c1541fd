import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { isAlive, processIdentity } from '../../../src/engine/db/embedded/process-identity.js';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../src/engine/db/embedded-postgres.js';
import { projectRoot } from '../../support/clone.js';
import { whenKilled } from '../../support/end-with-parent.js';

const log = pino({ level: 'silent' });
const holderScript = join(projectRoot, 'test/support/postgres-holder.ts');
const isRoot = process.getuid?.() === 0;

let pattern: string;
let dataDir: string;
let disarm: () => void;
const started: EmbeddedPostgres[] = [];
const holders: ChildProcess[] = [];

/** A data folder that was used and left once; copying it is faster than making a database. */
beforeAll(async () => {
  pattern = await makeFolder();
  await (await startEmbeddedPostgres({ dataDir: pattern, log })).stop();
});
afterAll(() => rm(pattern, { recursive: true, force: true }));

beforeEach(async () => {
  dataDir = await makeFolder();
  disarm = whenKilled(endAll);
  await promisify(execFile)('cp', ['-a', join(pattern, 'postgres'), dataDir]);
});

/** Adopts what is left on the data folder, so that its end is seen to, wherever it stands. */
async function endAll(): Promise<void> {
  for (const holder of holders.splice(0)) {
    if (holder.exitCode === null && holder.signalCode === null) await killed(holder);
  }
  started.push(await startEmbeddedPostgres({ dataDir, log, isTemporary: true }));
  await Promise.all(started.splice(0).map((postgres) => postgres.stop()));
  await rm(dataDir, { recursive: true, force: true });
}
afterEach(async () => {
  await endAll();
  disarm();
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'easel-embedded-'));
  await chmod(folder, 0o755);
  return folder;
}

async function start(): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  started.push(postgres);
  return postgres;
}

/** Starts it in a process of its own. */
async function startHolder(): Promise<{ holder: ChildProcess; connectionString: string }> {
  const holder = fork(holderScript, [dataDir], { execArgv: ['--import', 'tsx'] });
  holders.push(holder);
  const [connectionString] = await once(holder, 'message');
  return { holder, connectionString };
}

async function killed(holder: ChildProcess): Promise<void> {
  holder.kill('SIGKILL');
  await once(holder, 'exit');
}

async function query(connectionString: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function serverPid(): Promise<number> {
  const file = join(dataDir, 'postgres/pgdata/postmaster.pid');
  const lines = (await readFile(file, 'utf8')).split('\n');
  return Number(lines[0]);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('waited 30 s in vain');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

it('keeps its data from one start to the next, and leaves no process behind', async () => {
  const first = await start();
  await query(first.connectionString, 'create table kept as select 7 as value');
  const identity = processIdentity(await serverPid()) ?? '';
  await Promise.all([first.stop(), first.stop()]);
  expect(isAlive(identity)).toBe(false);

  const second = await start();
  expect(await query(second.connectionString, 'select value from kept')).toEqual([{ value: 7 }]);
});

it('listens on this machine alone, for those who know a password that only its owner can read', async () => {
  const { connectionString } = await start();
  const [row] = await query(
    connectionString,
    `select current_setting('listen_addresses') as addresses,
            current_setting('unix_socket_directories') as sockets,
            current_setting('synchronous_commit') as commits, current_setting('fsync') as fsync`,
  );
  expect(row).toEqual({ addresses: '127.0.0.1', sockets: '', commits: 'on', fsync: 'on' });
  expect((await stat(join(dataDir, 'postgres/password'))).mode & 0o777).toBe(0o600);

  const wrong = new URL(connectionString);
  wrong.password = 'wrong';
  await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
});

it('adopts the server of a process that was killed, with its data', async () => {
  const { holder, connectionString } = await startHolder();
  await query(connectionString, 'create table kept as select 7 as value');
  const pid = await serverPid();
  await killed(holder);
  expect(processIdentity(pid)).toBeDefined();

  const adopted = await start();
  expect(await serverPid()).toBe(pid);
  expect(await query(adopted.connectionString, 'select value from kept')).toEqual([{ value: 7 }]);
  await adopted.stop();
  expect(processIdentity(pid)).toBeUndefined();
});

it('recovers when the machine took the server down too', async () => {
  const { holder, connectionString } = await startHolder();
  await query(connectionString, 'create table kept as select 7 as value');
  await killed(holder);
  process.kill(await serverPid(), 'SIGKILL');

  const next = await start();
  expect(await query(next.connectionString, 'select value from kept')).toEqual([{ value: 7 }]);
});

it('starts one server for two processes that start at once, and stops it with the last', async () => {
  const [one, two] = await Promise.all([startHolder(), startHolder()]);
  expect(one.connectionString).toBe(two.connectionString);
  const pid = await serverPid();

  one.holder.send('stop');
  await once(one.holder, 'exit');
  expect(await query(two.connectionString, 'select 1 as value')).toEqual([{ value: 1 }]);

  two.holder.send('stop');
  await once(two.holder, 'exit');
  expect(processIdentity(pid)).toBeUndefined();
});

it('starts a server again that dies while it is used, at the same address', async () => {
  const { connectionString } = await start();
  const pid = await serverPid();
  process.kill(pid, 'SIGKILL');
  await until(async () =>
    query(connectionString, 'select 1').then(
      () => true,
      () => false,
    ),
  );
  expect(await serverPid()).not.toBe(pid);
});

it('ends an orphaned server that no longer answers, and starts another', async () => {
  const { holder } = await startHolder();
  const pid = await serverPid();
  await killed(holder);
  process.kill(pid, 'SIGSTOP');

  const { connectionString } = await start();
  expect(await query(connectionString, 'select 1 as value')).toEqual([{ value: 1 }]);
  expect(processIdentity(pid)).toBeUndefined();
});

it('is not held up by the pid file of a server that is gone, whoever has its pid now', async () => {
  const trace = [
    process.pid,
    join(dataDir, 'postgres/pgdata'),
    1,
    5432,
    '',
    '127.0.0.1',
    '',
    'ready',
  ];
  await writeFile(join(dataDir, 'postgres/pgdata/postmaster.pid'), `${trace.join('\n')}\n`);
  const { connectionString } = await start();
  expect(await query(connectionString, 'select 1 as value')).toEqual([{ value: 1 }]);
});

it('makes the database anew when its making was interrupted', async () => {
  const home = join(dataDir, 'postgres');
  await rm(home, { recursive: true });
  await mkdir(join(home, 'unfinished-0123/pgdata'), { recursive: true });
  await mkdir(join(home, 'pgdata'));
  await writeFile(join(home, 'pgdata/postgresql.conf'), '# half of it');

  const { connectionString } = await start();
  expect(await query(connectionString, 'select 1 as value')).toEqual([{ value: 1 }]);
  expect(await readdir(home)).not.toContain('unfinished-0123');
});

it('says in one line that another version made the database', async () => {
  const file = join(dataDir, 'postgres/pgdata/PG_VERSION');
  const version = await readFile(file, 'utf8');
  await writeFile(file, '9.6\n');
  await expect(start()).rejects.toThrow(
    /^The database in .* was made by Postgres 9\.6, and this is \d+: .*$/,
  );
  await writeFile(file, version);
});

it('says in one line that the password is lost', async () => {
  const file = join(dataDir, 'postgres/password');
  const password = await readFile(file, 'utf8');
  await rm(file);
  await expect(start()).rejects.toThrow(/password is missing/);
  await writeFile(file, password);
});

it.runIf(isRoot)(
  'as root, stands elsewhere when its user cannot enter the data folder',
  async () => {
    await rm(join(dataDir, 'postgres'), { recursive: true });
    await chmod(dataDir, 0o700);
    const first = await start();
    await query(first.connectionString, 'create table kept as select 7 as value');
    const folder = (await readFile(join(dataDir, 'postgres/location'), 'utf8')).trim();
    expect(folder.startsWith(dataDir)).toBe(false);
    await first.stop();

    const second = await start();
    expect(await query(second.connectionString, 'select value from kept')).toEqual([{ value: 7 }]);
    expect((await readFile(join(dataDir, 'postgres/location'), 'utf8')).trim()).toBe(folder);
  },
);

it.runIf(isRoot)('as root, runs the server as somebody else', async () => {
  await start();
  const status = await readFile(`/proc/${await serverPid()}/status`, 'utf8');
  expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).not.toBe('0');
});
