import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row } from './row.js';

/** What one part of the bench came to, and how it was measured. */
export interface PartResult {
  readonly rows: readonly Row[];
  /** Of the profile, which is a text. */
  readonly text?: string;
  /** ISO 8601, UTC. */
  readonly measuredAt: string;
  readonly seconds: number;
  /** Fewer tasks a round. */
  readonly quick: boolean;
  /** The machine's load average when the part began. */
  readonly load: number;
  /** Processor, memory and versions, in one line. */
  readonly machine: string;
}

/** By the parts' names. */
export type Results = Readonly<Record<string, PartResult>>;

const file = join(import.meta.dirname, 'results.json');

/** What is known of all parts: each stays as it was last measured. */
export async function readResults(): Promise<Results> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Results;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

/** Keeps a part's result at once, so that a run that is ended early has not been for nothing. */
export async function keepResult(name: string, result: PartResult): Promise<Results> {
  const results = { ...(await readResults()), [name]: result };
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
  return results;
}
