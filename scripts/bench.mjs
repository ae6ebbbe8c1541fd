import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { forgetOperatorsSettings } from './environment.mjs';
import { ensurePackages } from './packages.mjs';
import { endWithNpm } from './parent.mjs';
import { fail, root } from './project.mjs';

endWithNpm();
forgetOperatorsSettings();
await ensurePackages().catch(fail);
const bench = spawn(
  process.execPath,
  ['--import', 'tsx', join(root, 'bench/bench.ts'), ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  // A terminal's Ctrl-C has reached the bench already.
  process.on(signal, () => signal !== 'SIGINT' && bench.kill(signal));
}
bench.once('exit', (code) => process.exit(code ?? 1));
