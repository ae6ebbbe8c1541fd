import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Whom Postgres runs as; empty for 'whoever we are'. */
export type RunAs = { uid?: number; gid?: number };

/**
 * Postgres refuses to run as root, so root hands it to the user `postgres`, made where that is
 * possible, or else to `nobody`. Anybody else runs it as themselves.
 * @throws when root has nobody to hand it to.
 */
export async function chooseRunAs(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {};
  const user = (await idsOf('postgres')) ?? (await createPostgresUser()) ?? (await idsOf('nobody'));
  if (user) return user;
  throw new Error(
    'Postgres does not run as root, and this system has neither a user "postgres" nor "nobody": add one, or set DATABASE_URL',
  );
}

async function idsOf(user: string): Promise<RunAs | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => Number((await execute('id', [flag, user])).stdout)),
    );
    return uid && gid !== undefined ? { uid, gid } : undefined;
  } catch {
    // `id` says 'no such user' by its exit code alone.
    return undefined;
  }
}

/** Debian, Fedora and Arch have useradd, Alpine adduser; a read-only /etc has neither's effect. */
async function createPostgresUser(): Promise<RunAs | undefined> {
  const commands: [string, string[]][] = [
    [
      'useradd',
      ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'postgres'],
    ],
    ['adduser', ['-S', '-D', '-H', '-s', '/bin/false', 'postgres']],
  ];
  for (const [command, args] of commands) {
    const done = await execute(command, args).then(
      () => true,
      () => false,
    );
    if (done) return idsOf('postgres');
  }
  return undefined;
}

/**
 * Runs a program to its end as the given user, in a folder that everybody can enter.
 * @throws an error whose message is the last line that the program wrote.
 */
export async function runAs(
  user: RunAs,
  file: string,
  args: readonly string[],
): Promise<{ stdout: string }> {
  try {
    return await execute(file, args, { ...user, cwd: '/', env: quietEnvironment() });
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    const lastLine = stderr?.trim().split('\n').at(-1);
    const reason = lastLine || String(code ?? error);
    throw Object.assign(new Error(`${file}: ${reason}`, { cause: error }), { code });
  }
}

/** Whether the user can create files there, tried and not computed from modes. */
export async function canWrite(user: RunAs, folder: string): Promise<boolean> {
  const script = 'probe="$1/.probe-$$"; : > "$probe" && rm "$probe"';
  return runAs(user, '/bin/sh', ['-c', script, 'sh', folder]).then(
    () => true,
    () => false,
  );
}

/** PG* variables of the operator's shell would steer our server; messages are read in English. */
export function quietEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
}
