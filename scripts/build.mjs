import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withLock } from './lock.mjs';
import { ensurePackages } from './packages.mjs';
import { fail, root, run, setUpLock } from './project.mjs';

const dist = join(root, 'dist');
const stamp = join(dist, '.source-hash');

/** @type {Promise<void> | undefined} */
let underway;

/**
 * Compiles src into dist when its files differ from those that dist was made from. Once at a time
 * in this process: the lock is between processes.
 */
export function ensureBuild() {
  underway ??= build().finally(() => {
    underway = undefined;
  });
  return underway;
}

async function build() {
  if (isCurrent()) return;
  await withLock(setUpLock, async () => {
    if (isCurrent()) return;
    console.error('Compiling …');
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    if (!existsSync(compiler))
      throw new Error('The compiler is not installed: run npm ci --include=dev');
    const hash = sourceHash();
    // Built beside and moved, so that a process that starts meanwhile sees one build or the other.
    const unfinished = `${dist}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    const args = [compiler, '-p', 'tsconfig.build.json', '--outDir', unfinished];
    if ((await run(process.execPath, args)) !== 0) throw new Error('The source does not compile');
    copyOtherFiles(unfinished);
    writeFileSync(join(unfinished, '.source-hash'), hash);
    rmSync(dist, { recursive: true, force: true });
    renameSync(unfinished, dist);
  });
}

function isCurrent() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceHash();
}

function sourceFiles() {
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function sourceHash() {
  const hash = createHash('sha256');
  const configuration = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
  for (const path of [...configuration.map((name) => join(root, name)), ...sourceFiles()]) {
    hash
      .update(`${path.slice(root.length)}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return hash.digest('hex');
}

/**
 * The texts and whatever else stands in src and is not code.
 * @param {string} target
 */
function copyOtherFiles(target) {
  for (const path of sourceFiles().filter((path) => !path.endsWith('.ts'))) {
    cpSync(path, join(target, path.slice(join(root, 'src').length)), { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await ensurePackages().then(ensureBuild).catch(fail);
}
