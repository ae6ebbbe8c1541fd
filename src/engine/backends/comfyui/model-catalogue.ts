import {
  type Catalogue,
  type CatalogueModel,
  type CatalogueSource,
  findByName,
} from './catalogue.js';
import { noModel, timedOut } from './comfyui-errors.js';
import type { ComfyUiLog } from './comfyui-options.js';
import { addOperatorWorkflows } from './operator-models.js';
import { findShippedModels } from './shipped-models.js';

/** Asks the server what it has. @throws BackendError where it has nothing, or does not answer */
async function readCatalogue(source: CatalogueSource, signal: AbortSignal): Promise<Catalogue> {
  const shipped = await findShippedModels(source, signal);
  const catalogue = await addOperatorWorkflows(shipped, source, signal);
  if (catalogue.models.length === 0) throw noModel(catalogue.problems);
  return { ...catalogue, models: defaultFirst(catalogue.models, source.options.checkpoint) };
}

function defaultFirst(
  models: readonly CatalogueModel[],
  wanted: string | undefined,
): readonly CatalogueModel[] {
  const chosen = wanted === undefined ? undefined : findByName(models, wanted);
  return chosen ? [chosen, ...models.filter((model) => model !== chosen)] : models;
}

/** The catalogue of a server, asked for anew now and then. */
export interface ModelCatalogue {
  /** As it was when it was last read; undefined before. */
  readonly latest: Catalogue | undefined;
  /** As it is now. @throws BackendError */
  refresh(signal?: AbortSignal): Promise<Catalogue>;
  /** As it was last read, or else as it is. @throws BackendError */
  current(signal?: AbortSignal): Promise<Catalogue>;
  /** The server was away: what it has may have changed, and what is wrong with it is told again. */
  forget(): void;
}

export interface ModelCatalogueOptions extends CatalogueSource {
  readonly closing: AbortSignal;
  readonly log: ComfyUiLog;
  /** The instance's name. */
  readonly name: string;
}

export function createModelCatalogue(options: ModelCatalogueOptions): ModelCatalogue {
  const { classes, closing, log, name } = options;
  let latest: Catalogue | undefined;
  let isStale = false;
  let reading: Promise<Catalogue> | undefined;
  let told = new Set<string>();

  async function read(): Promise<Catalogue> {
    const catalogue = await readCatalogue(options, closing);
    for (const problem of catalogue.problems) {
      if (!told.has(problem)) log.warn({ backend: name, problem }, 'ComfyUI cannot run a workflow');
    }
    told = new Set(catalogue.problems);
    latest = catalogue;
    isStale = false;
    return catalogue;
  }

  /** Goes on for the next who asks where one is tired of waiting. */
  async function refresh(signal?: AbortSignal): Promise<Catalogue> {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return signal ? within(reading, signal) : reading;
  }

  return {
    get latest() {
      return latest;
    },
    refresh,
    current: async (signal) => (latest && !isStale ? latest : refresh(signal)),
    forget() {
      classes.forget();
      told = new Set();
      isStale = true;
    },
  };
}

function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(timedOut('reading what ComfyUI has'));
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
