import { resolve } from 'node:path';
import { readOperatorWorkflows } from '../engine/backends/comfyui/operator-workflow.js';
import type { BackendConfig, ListedBackend } from './backend-schema.js';

/**
 * The backends with the operators' own workflows, read from the folders that they name.
 * @returns beside them, what is wrong with a file, a line each
 */
export function withWorkflows(
  backends: readonly ListedBackend[],
  folder: string,
): { readonly backends: readonly BackendConfig[]; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const read = backends.map((backend): BackendConfig => {
    if (backend.type !== 'comfyui') return backend;
    const { workflows: setting, ...rest } = backend;
    if (setting === undefined) return rest;
    const { folder: named, files } =
      typeof setting === 'string' ? { folder: setting, files: {} } : setting;
    const { workflows, problems: found } = readOperatorWorkflows(resolve(folder, named), files);
    problems.push(...found.map((problem) => `workflows of ${backend.name}: ${problem}`));
    return { ...rest, workflows };
  });
  return { backends: read, problems };
}
