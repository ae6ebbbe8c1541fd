import type { ComfyUiClient } from './comfyui-client.js';
import type { NodeClass, NodeClasses } from './node-class.js';

/** The classes of nodes that a server has, as far as somebody asked for them. */
export interface ClassBook {
  /** Those of the names that could be asked for; null for one that the server does not have. */
  look(names: Iterable<string>, signal: AbortSignal): Promise<NodeClasses>;
  /** Another server may stand there now, or the same one with other nodes. */
  forget(): void;
}

const atOnce = 4;

/**
 * Asks class by class: the whole list is some megabytes on a server with many nodes, and takes it
 * seconds. Only where that call is unknown is the whole list asked for.
 */
export function createClassBook(client: ComfyUiClient): ClassBook {
  const known = new Map<string, NodeClass | null>();

  async function askForEach(names: readonly string[], signal: AbortSignal): Promise<boolean> {
    const left = [...names];
    let isAnswered = true;
    const ask = async () => {
      for (let name = left.pop(); name !== undefined && isAnswered; name = left.pop()) {
        const found = await client.nodeClass(name, signal);
        if (found === undefined) isAnswered = false;
        else known.set(name, found);
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, names.length) }, ask));
    return isAnswered;
  }

  return {
    async look(names, signal) {
      const wanted = [...new Set(names)];
      const missing = wanted.filter((name) => !known.has(name));
      if (!(await askForEach(missing, signal))) {
        const all = await client.nodeClasses(signal);
        for (const name of missing) if (all) known.set(name, all[name] ?? null);
      }
      return new Map(
        wanted.flatMap((name) => {
          const found = known.get(name);
          return found === undefined ? [] : [[name, found] as const];
        }),
      );
    },
    forget: () => known.clear(),
  };
}
