import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuild } from './build.mjs';
import { ensurePackages } from './packages.mjs';
import { endWithInput, endWithNpm } from './parent.mjs';
import { fail, root } from './project.mjs';

if (process.argv.includes('--end-with-input')) endWithInput();
else endWithNpm();
await ensurePackages().then(ensureBuild).catch(fail);
await import(pathToFileURL(join(root, 'dist/main.js')).href);
