import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from './support/clone.js';

const execute = promisify(execFile);

type Diagnostic = { category: string; message: string; location: { path: string } };
type Report = { summary: { changed: number; unchanged: number }; diagnostics: Diagnostic[] };

/** Who may not import what: a file, an import in it, and words of the answer. */
const violations: [file: string, specifier: string, answer: string][] = [
  ['src/engine/tasks/a.ts', '../../chat/cards/card.js', 'know no chat'],
  ['src/engine/b.ts', '../bots/discord/index.js', 'wired in main.ts'],
  ['src/engine/worker/c.ts', '../../http/server.js', 'wired in main.ts'],
  ['src/engine/d.ts', '../playground/demo.js', 'Nothing imports the playground'],
  ['src/engine/worker/e.ts', 'bullmq', 'engine/queue'],
  ['src/engine/db/f.ts', 'ioredis', 'engine/queue'],
  ['src/engine/images/g.repository.ts', 'bullmq', 'engine/queue'],
  ['src/engine/tasks/h.ts', 'kysely', '*.repository.ts'],
  ['src/engine/queue/i.ts', 'kysely/helpers/postgres', '*.repository.ts'],
  ['src/engine/admission/j.ts', 'pg', '*.repository.ts'],
  ['src/engine/queue/k.ts', 'sharp', 'use sharp'],
  ['src/engine/backends/comfyui/l.ts', 'sharp', 'use sharp'],
  ['src/engine/worker/m.ts', 'ws', 'sockets'],
  ['src/engine/n.ts', 'discord.js', 'Only bots/discord'],
  ['src/engine/worker/r.ts', 'openai', "Only a backend's folder"],
  ['src/chat/h.ts', '@google/genai', "Only a backend's folder"],
  ['src/engine/backends/sketch/o.ts', 'grammy', 'Only bots/telegram'],
  ['src/engine/images/p.ts', '../../config.js', 'composition root'],
  ['src/engine/worker/q.ts', '../../startup/log.js', 'composition root'],
  ['src/chat/commands/a.ts', '../../engine/tasks/task-state.js', 'one door'],
  ['src/chat/b.ts', '../bots/telegram/index.js', 'wired in main.ts'],
  ['src/chat/c.ts', '../http/server.js', 'wired in main.ts'],
  ['src/chat/cards/d.ts', 'discord.js', 'Only bots/discord'],
  ['src/chat/e.ts', 'grammy', 'Only bots/telegram'],
  ['src/chat/f.repository.ts', 'kysely', '*.repository.ts'],
  ['src/chat/g.ts', 'sharp', 'use sharp'],
  ['src/http/a.ts', '../engine/db/connection.js', 'one door'],
  ['src/http/b.ts', '../chat/commands/imagine.js', 'know no chat'],
  ['src/http/c.ts', 'bullmq', 'engine/queue'],
  ['src/bots/discord/a.ts', '../telegram/index.js', 'never meet'],
  ['src/bots/discord/b.ts', '../../engine/images/image-store.js', 'one door'],
  ['src/bots/discord/c.ts', 'grammy/types', 'Only bots/telegram'],
  ['src/bots/discord/d.ts', '../../playground/demo.js', 'Nothing imports the playground'],
  ['src/bots/discord/e.ts', 'sharp', 'use sharp'],
  ['src/bots/telegram/a.ts', '../discord/index.js', 'never meet'],
  ['src/bots/telegram/b.ts', '../../engine/engine.js', 'one door'],
  ['src/bots/telegram/c.ts', 'discord-api-types/v10', 'Only bots/discord'],
  ['src/bots/telegram/d.ts', 'ioredis', 'engine/queue'],
  ['src/bots/telegram/e.ts', '../../main.js', 'composition root'],
  ['src/playground/a.ts', '../engine/index.js', 'nothing of the rest'],
  ['src/playground/discord/b.ts', '../../bots/discord/index.js', 'nothing of the rest'],
  ['src/playground/telegram/c.ts', '../../chat/index.js', 'nothing of the rest'],
  ['src/playground/d.ts', '../http/server.js', 'nothing of the rest'],
  ['src/playground/e.ts', '../config.js', 'composition root'],
  ['src/playground/discord/f.ts', 'discord.js', 'Only bots/discord'],
  ['src/playground/telegram/g.ts', 'grammy', 'grammY'],
  ['src/playground/h.ts', 'kysely', '*.repository.ts'],
];

const permitted: [file: string, specifier: string][] = [
  ['src/engine/backends/openai/z.ts', 'openai'],
  ['src/main.ts', './engine/db/connection.js'],
  ['src/main.ts', './bots/discord/index.js'],
  ['src/chat/commands/y.ts', '../../engine/index.js'],
  ['src/http/y.ts', '../engine/index.js'],
  ['src/bots/discord/y.ts', '../../engine/index.js'],
  ['src/bots/discord/y.ts', '../../chat/cards/card.js'],
  ['src/bots/discord/y.ts', 'discord.js'],
  ['src/bots/telegram/y.ts', 'grammy'],
  ['src/engine/queue/y.ts', 'bullmq'],
  ['src/engine/tasks/y.repository.ts', 'kysely'],
  ['src/engine/db/y.ts', 'pg'],
  ['src/engine/images/y.ts', 'sharp'],
  ['src/engine/backends/sketch/y.ts', 'sharp'],
  ['src/engine/backends/comfyui/y.ts', 'ws'],
  ['src/playground/y.ts', 'ws'],
  ['src/playground/telegram/y.ts', 'grammy/types'],
];

/** Every way in which a module can name another. */
const forms: [name: string, code: (specifier: string) => string][] = [
  ['an import', (it) => `import { value } from '${it}';\nvoid value;`],
  ['a type', (it) => `import type { Value } from '${it}';\nexport type Mine = Value;`],
  ['an import for its effects', (it) => `import '${it}';`],
  ['an export', (it) => `export { value } from '${it}';`],
  ['a dynamic import', (it) => `export const later = import('${it}');`],
];

async function lint(folder: string, ...paths: string[]): Promise<Report> {
  const biome = join(projectRoot, 'node_modules/@biomejs/biome/bin/biome');
  const args = ['lint', '--reporter=json', '--max-diagnostics=none', '--colors=off', ...paths];
  const { stdout } = await execute(process.execPath, [biome, ...args], {
    cwd: folder,
    maxBuffer: 64_000_000,
  }).catch((error) => error as { stdout: string });
  return JSON.parse(stdout);
}

describe('the import directions', () => {
  let folder: string;
  let diagnostics: Diagnostic[];

  const plant = async (path: string, code: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), `${code}\n`, { flag: 'a' });
  };
  const found = (path: string, rule: string) =>
    diagnostics
      .filter(({ category, location }) => category.endsWith(rule) && location.path === path)
      .map(({ message }) => message)
      .join('\n');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'easel-architecture-'));
    for (const name of [
      'biome.json',
      'biome.architecture.json',
      '.gitignore',
      'package.json',
      'tsconfig.json',
    ]) {
      await cp(join(projectRoot, name), join(folder, name));
    }
    for (const [file, specifier] of violations) {
      await plant(file, `import { value } from '${specifier}';\nvoid value;`);
    }
    for (const [file, specifier] of permitted) await plant(file, `import '${specifier}';`);
    for (const [name, code] of forms) {
      await plant(`src/engine/form/${name.replaceAll(' ', '-')}.ts`, code('../../chat/reply.js'));
    }
    await plant(
      'src/engine/first.ts',
      "import { two } from './second.js';\nexport const one = () => two;",
    );
    await plant(
      'src/engine/second.ts',
      "import { one } from './first.js';\nexport const two = () => one;",
    );
    await plant(
      'src/engine/loose.ts',
      'async function work() {}\nexport function begin() {\n  work();\n}',
    );
    await plant('src/engine/said.ts', "console.log('said');");
    await plant('src/engine/absent.ts', "import 'left-pad';");
    ({ diagnostics } = await lint(folder));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(violations)('forbid %s to import %s', (file, _specifier, answer) => {
    expect(found(file, '/noRestrictedImports')).toContain(answer);
  });

  it.each(permitted)('let %s import %s', (file) => {
    expect(found(file, '/noRestrictedImports')).toBe('');
  });

  it.each(forms)('see %s', (name) => {
    const file = `src/engine/form/${name.replaceAll(' ', '-')}.ts`;
    expect(found(file, '/noRestrictedImports')).toContain('know no chat');
  });

  it('forbid modules that import each other', () => {
    expect(found('src/engine/first.ts', '/noImportCycles')).not.toBe('');
  });

  it('come with rules on forgotten promises, output and packages', () => {
    expect(found('src/engine/loose.ts', '/noFloatingPromises')).not.toBe('');
    expect(found('src/engine/said.ts', '/noConsole')).not.toBe('');
    expect(found('src/engine/absent.ts', '/noUndeclaredDependencies')).not.toBe('');
  });
});

it('checks every file of the source', async () => {
  const entries = await readdir(join(projectRoot, 'src'), { recursive: true });
  const files = entries.filter((name) => name.endsWith('.ts'));
  const { summary } = await lint(projectRoot, 'src');
  expect(files.length).toBeGreaterThan(0);
  expect(summary.changed + summary.unchanged).toBeGreaterThanOrEqual(files.length);
});
