import { readFileSync } from 'node:fs';
import type { Workflow } from './workflow.js';
import { readWorkflow } from './workflow-reading.js';

const names = [
  'sd-generate',
  'sd-edit',
  'sd-inpaint',
  'sd-hires',
  'flux-generate',
  'flux-edit',
  'flux-inpaint',
  'sd35-generate',
  'sd35-edit',
  'sd35-inpaint',
  'qwen-generate',
  'qwen-edit',
  'qwen-inpaint',
  'qwen-instruct',
  'qwen-instruct-plus',
  'upscale',
] as const;

export type ShippedName = (typeof names)[number];

/** The graphs of the folder `workflows/`, in the very form in which operators bring their own. */
export const shippedWorkflows: Readonly<Record<ShippedName, Workflow>> = readShipped();

function readShipped(): Record<ShippedName, Workflow> {
  const entries = names.map((name) => {
    const file = new URL(`./workflows/${name}.json`, import.meta.url);
    const { workflow, problems } = readWorkflow(name, JSON.parse(readFileSync(file, 'utf8')));
    if (problems.length > 0) throw new Error(`${name}.json: ${problems.join('; ')}`);
    return [name, workflow];
  });
  return Object.fromEntries(entries);
}
