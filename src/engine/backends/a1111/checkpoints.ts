import type { Checkpoint } from './a1111-answers.js';
import type { A1111Client } from './a1111-client.js';
import { missingCheckpoint, noCheckpoint } from './a1111-errors.js';

export interface InstalledCheckpoint {
  /** What the server knows it by: file name and hash. */
  readonly title: string;
  /** What people see and type. */
  readonly name: string;
  /** The server has it loaded: nothing need be said of it. */
  readonly isLoaded: boolean;
}

export interface InstalledCheckpoints {
  /** The default first. @throws BackendError */
  list(signal?: AbortSignal): Promise<readonly InstalledCheckpoint[]>;
  /**
   * By title; the default where there is none. Looked up before each run: the web UI would make the
   * image with whatever is loaded, and say nothing.
   * @throws BackendError
   */
  find(title: string | undefined, signal: AbortSignal): Promise<InstalledCheckpoint>;
}

export function createInstalledCheckpoints(
  client: A1111Client,
  configured: string | undefined,
): InstalledCheckpoints {
  async function list(signal?: AbortSignal): Promise<readonly InstalledCheckpoint[]> {
    const [installed, loaded] = await Promise.all([
      client.checkpoints(signal),
      // An old server's options may be unreadable to us; then its first one is the default.
      client.loadedCheckpoint(signal).catch(() => undefined),
    ]);
    if (installed.length === 0) throw noCheckpoint();
    const isLoaded = (each: Checkpoint) => loaded !== undefined && isNamed(each, loaded);
    const isDefault = (each: Checkpoint) =>
      configured === undefined ? isLoaded(each) : isNamed(each, configured);
    const ordered = [
      ...installed.filter(isDefault),
      ...installed.filter((each) => !isDefault(each)),
    ];
    return ordered.map((each) => ({
      title: each.title,
      name: each.model_name || withoutHash(each.title),
      isLoaded: isLoaded(each),
    }));
  }

  return {
    list,
    async find(title, signal) {
      const wanted = title ?? configured;
      const all = await list(signal);
      const found = all.find((each) => wanted === undefined || isNamed(toAnswer(each), wanted));
      if (found === undefined) throw missingCheckpoint(wanted ?? '');
      return found;
    },
  };
}

function toAnswer({ title, name }: InstalledCheckpoint): Checkpoint {
  return { title, model_name: name };
}

/** A title gets its hash in brackets only when the checkpoint was first loaded. */
function isNamed({ title, model_name }: Checkpoint, name: string): boolean {
  return title === name || model_name === name || withoutHash(title) === withoutHash(name);
}

function withoutHash(title: string): string {
  return title.replace(/ \[[0-9a-f]+\]$/, '');
}
