import {
  adminBackendsDrain,
  adminBackendsEnable,
  adminBackendsList,
  adminBackendsReload,
} from './admin-backends.js';
import { adminBlock, adminUnblock } from './admin-block.js';
import { adminConcurrencyGet, adminConcurrencySet } from './admin-concurrency.js';
import { adminLimitsSet, adminLimitsShow } from './admin-limits.js';
import { adminLog } from './admin-log.js';
import { adminModelsHide, adminModelsList, adminModelsShow } from './admin-models.js';
import { adminPause, adminResume } from './admin-pause.js';
import {
  adminPresetAdd,
  adminPresetEdit,
  adminPresetList,
  adminPresetRemove,
} from './admin-preset.js';
import { adminQueues } from './admin-queues.js';
import { adminRulesSet, adminRulesShow } from './admin-rules.js';
import { adminStats } from './admin-stats.js';
import { adminUsers } from './admin-users.js';
import { batch } from './batch.js';
import { cancel } from './cancel.js';
import type { Command } from './command.js';
import type { GroupDefinition } from './command-tree.js';
import { deleteBatch } from './delete.js';
import { help, start } from './help.js';
import { history } from './history.js';
import { imagine } from './imagine.js';
import { models } from './models.js';
import { presets } from './presets.js';
import { queue } from './queue.js';
import { remix } from './remix.js';
import { retry } from './retry.js';
import { settingsSet, settingsShow } from './settings.js';
import { settingsErase, settingsLink } from './settings-account.js';
import { show } from './show.js';

/** All commands, in the order of the menus. */
export const commands: readonly Command[] = [
  imagine,
  batch,
  remix,
  queue,
  history,
  show,
  cancel,
  retry,
  deleteBatch,
  models,
  presets,
  settingsShow,
  settingsSet,
  settingsLink,
  settingsErase,
  help,
  start,
  adminConcurrencyGet,
  adminConcurrencySet,
  adminPresetAdd,
  adminPresetEdit,
  adminPresetRemove,
  adminPresetList,
  adminPause,
  adminResume,
  adminBackendsList,
  adminBackendsDrain,
  adminBackendsEnable,
  adminBackendsReload,
  adminModelsList,
  adminModelsShow,
  adminModelsHide,
  adminQueues,
  adminStats,
  adminLimitsShow,
  adminLimitsSet,
  adminRulesShow,
  adminRulesSet,
  adminUsers,
  adminBlock,
  adminUnblock,
  adminLog,
];

export const commandGroups: readonly GroupDefinition[] = [
  { path: ['settings'], description: 'group-settings' },
  { path: ['admin'], description: 'group-admin' },
  { path: ['admin', 'concurrency'], description: 'group-admin-concurrency' },
  { path: ['admin', 'backends'], description: 'group-admin-backends' },
  { path: ['admin', 'preset'], description: 'group-admin-preset' },
  { path: ['admin', 'models'], description: 'group-admin-models' },
  { path: ['admin', 'limits'], description: 'group-admin-limits' },
  { path: ['admin', 'rules'], description: 'group-admin-rules' },
];
