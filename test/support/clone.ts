import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const projectRoot = resolve(import.meta.dirname, '../..');

/**
 * Where the tests of this clone keep their servers' files: the same place on each run, so that what
 * a killed run left is found, and outside of the clone, which Postgres' user often can't enter.
 */
export const testFolder = join(
  tmpdir(),
  `easel-test-${createHash('sha256').update(projectRoot).digest('hex').slice(0, 12)}`,
);
