import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  missingSlots,
  operationOf,
  type ServedOperation,
  servedOperations,
} from './served-workflow.js';
import type { Workflow } from './workflow.js';
import { readWorkflow, type SlotMapping } from './workflow-reading.js';

/** A file of the operator's, and what it is for. */
export interface OperatorWorkflow {
  readonly workflow: Workflow;
  readonly operation: ServedOperation;
  /** The name under which people choose it. */
  readonly model: string;
}

/** What the configuration says of one file; the rest is told by its titles and its name. */
export interface WorkflowSettings {
  readonly model?: string | undefined;
  readonly operation?: ServedOperation | undefined;
  readonly slots?: SlotMapping | undefined;
}

/**
 * Reads all `*.json` of a folder. A name such as `portrait.edit.json` says that it edits, under the
 * model name `portrait`.
 * @returns what is wrong with each, as `file: node, input: why`; no workflow without fault is told so
 */
export function readOperatorWorkflows(
  folder: string,
  settings: Readonly<Record<string, WorkflowSettings>> = {},
): { readonly workflows: readonly OperatorWorkflow[]; readonly problems: readonly string[] } {
  const problems: string[] = [];
  let files: string[];
  try {
    files = readdirSync(folder).filter((file) => file.toLowerCase().endsWith('.json'));
  } catch (error) {
    return { workflows: [], problems: [`expected a folder at ${folder}: ${codeOf(error)}`] };
  }
  for (const file of Object.keys(settings)) {
    if (!files.includes(file)) problems.push(`${file}: there is no such file in ${folder}`);
  }
  const workflows = files.sort().flatMap((file) => {
    const read = readFile(folder, file, settings[file] ?? {});
    problems.push(...read.problems.map((problem) => `${file}: ${problem}`));
    return read.workflow && read.problems.length === 0 ? [read.workflow] : [];
  });
  return { workflows, problems: [...problems, ...duplicates(workflows)] };
}

function readFile(
  folder: string,
  file: string,
  settings: WorkflowSettings,
): { readonly workflow?: OperatorWorkflow; readonly problems: readonly string[] } {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : codeOf(error);
    return { problems: [`expected JSON: ${why}`] };
  }
  const { workflow, problems } = readWorkflow(file, content, settings.slots);
  // What is missing would only repeat what is wrong.
  if (problems.length > 0) return { problems };
  const named = nameIn(file);
  const operation = settings.operation ?? named.operation ?? operationOf(workflow);
  const missing = missingSlots(workflow, operation);
  return {
    workflow: { workflow, operation, model: settings.model ?? named.model },
    problems: missing.map(
      (slot) =>
        `no node has easel:${slot} in its title, and ${operation} needs it (or slots.${slot} in easel.yaml)`,
    ),
  };
}

function nameIn(file: string): { readonly model: string; readonly operation?: ServedOperation } {
  const stem = file.replace(/\.json$/i, '');
  const at = stem.lastIndexOf('.');
  const ending = stem.slice(at + 1).toLowerCase();
  const operation = servedOperations.find((each) => each === ending);
  return at > 0 && operation ? { model: stem.slice(0, at), operation } : { model: stem };
}

function duplicates(workflows: readonly OperatorWorkflow[]): string[] {
  const first = new Map<string, string>();
  return workflows.flatMap(({ workflow, operation, model }) => {
    const key = `${operation} ${model.toLowerCase()}`;
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, workflow.name);
      return [];
    }
    return [`${workflow.name}: serves ${operation} as ${model}, and so does ${other}`];
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
