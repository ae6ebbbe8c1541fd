import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from './support/clone.js';

type LockFile = { packages: Record<string, { optionalDependencies?: Record<string, string> }> };

it('locks the packages of every system, not only of the one that it was written on', () => {
  const { packages }: LockFile = JSON.parse(
    readFileSync(join(projectRoot, 'package-lock.json'), 'utf8'),
  );
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`],
    ),
  );
  // npm leaves out what its registry does not serve, and then `npm ci` refuses.
  expect(missing).toEqual([]);
});
