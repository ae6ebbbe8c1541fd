import { adminConcurrencyGet, adminConcurrencySet } from './admin-concurrency.js';
import { adminPause, adminResume } from './admin-pause.js';
import { batch } from './batch.js';
import { cancel } from './cancel.js';
import type { Command } from './command.js';
import type { GroupDefinition } from './command-tree.js';
import { deleteBatch } from './delete.js';
import { help, start } from './help.js';
import { imagine } from './imagine.js';
import { models } from './models.js';
import { queue } from './queue.js';
import { retry } from './retry.js';
import { show } from './show.js';

/** All commands, in the order of the menus. */
export const commands: readonly Command[] = [
  imagine,
  batch,
  queue,
  show,
  cancel,
  retry,
  deleteBatch,
  models,
  help,
  start,
  adminConcurrencyGet,
  adminConcurrencySet,
  adminPause,
  adminResume,
];

export const commandGroups: readonly GroupDefinition[] = [
  { path: ['admin'], description: 'group-admin' },
  { path: ['admin', 'concurrency'], description: 'group-admin-concurrency' },
];
