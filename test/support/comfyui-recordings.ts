import { readFileSync } from 'node:fs';

/** One line of a recording: `test/fixtures/comfyui/README.md`. */
export interface Exchange {
  readonly t: number;
  readonly dir: 'http' | 'ws-open' | 'ws>' | 'ws<';
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly contentType?: string | null;
  readonly req?: unknown;
  readonly json?: unknown;
  /** Base64 of what is not JSON. */
  readonly b64?: string;
}

const folder = new URL('../fixtures/comfyui/', import.meta.url);

export function readRecording(name: string): readonly Exchange[] {
  const lines = readFileSync(new URL(`${name}.jsonl`, folder), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Exchange);
}

export function readSummary(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
}

/** The first exchange of that method and path. */
export function exchangeOf(name: string, method: string, path: string | RegExp): Exchange {
  const found = readRecording(name).find(
    (each) =>
      each.method === method &&
      (typeof path === 'string' ? each.path === path : path.test(each.path ?? '')),
  );
  if (found === undefined) throw new Error(`${name} has no ${method} ${path}`);
  return found;
}

/** The JPEG of the first preview of a recording (frame type 4). */
export function recordedPreview(): Buffer {
  const frame = readRecording('txt2img').find((each) => each.dir === 'ws<' && each.b64);
  const bytes = Buffer.from(frame?.b64 ?? '', 'base64');
  return bytes.subarray(8 + bytes.readUInt32BE(4));
}

/**
 * What of an answer must be the same everywhere: names of keys, and types of values. Ids of nodes
 * and runs, which name keys too, are made alike, and a list of one sort is as long as another.
 */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    const shapes = value.map(shapeOf);
    const isList = new Set(shapes.map((each) => JSON.stringify(each))).size === 1;
    return isList ? shapes.slice(0, 1) : shapes;
  }
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  const entries = Object.entries(value).map(([key, each]): [string, unknown] => [
    /^\d+$/.test(key) ? '<node>' : /^[0-9a-f-]{36}$/.test(key) ? '<run>' : key,
    shapeOf(each),
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
