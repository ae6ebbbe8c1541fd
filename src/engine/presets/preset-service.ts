import { writeAudit } from '../audit/audit.repository.js';
import type { Database, Transaction } from '../db/connection.js';
import type { Transact } from '../db/transact.js';
import { EngineError } from '../engine-error.js';
import { globalScope } from '../settings/setting.repository.js';
import { changed, type Preset, type PresetChange, type PresetContent } from './preset.js';
import {
  insertVersion,
  lockPreset,
  markRemoved,
  openPreset,
  type PresetKey,
  raiseVersion,
  readPresets,
} from './preset.repository.js';
import { createPresetSamples } from './preset-samples.js';

/** Who changes which preset. Whether they may is decided before. */
export interface PresetAuthor extends PresetKey {
  readonly userId: string;
}

/** The presets of all scopes, and of the global one, which is called `global`. */
export interface Presets {
  /** What a scope may use, by name: its own, and the global ones that these do not stand before. */
  list(scopeId: string): Promise<Preset[]>;
  /** @throws EngineError preset-exists, too-many-presets */
  add(author: PresetAuthor, content: PresetContent): Promise<Preset>;
  /** Writes the next version. @throws EngineError unknown-preset */
  edit(author: PresetAuthor, change: PresetChange): Promise<Preset>;
  /** @throws EngineError unknown-preset */
  remove(author: PresetAuthor): Promise<void>;
  /** One JPEG of what each makes of the same picture, numbered from 1; kept once it is drawn. */
  samples(presets: readonly PresetContent[]): Promise<Uint8Array>;
}

/** Of one scope; lists and suggestions stay readable. */
const maxPresets = 100;

export function createPresets(db: Database, transact: Transact): Presets {
  async function lockOrThrow(trx: Transaction, author: PresetAuthor): Promise<Preset> {
    const preset = await lockPreset(trx, keyOf(author));
    if (preset) return preset;
    const known = await readPresets(trx, [author.scopeId, globalScope]);
    throw new EngineError({
      kind: 'unknown-preset',
      name: author.name,
      isGlobal: known.some(({ name }) => name === author.name),
      known: known.filter(({ scopeId }) => scopeId === author.scopeId).map(({ name }) => name),
    });
  }

  return {
    async list(scopeId) {
      const all = await readPresets(db, [scopeId, globalScope]);
      const own = new Set(all.filter((each) => each.scopeId === scopeId).map(({ name }) => name));
      return all.filter((each) => each.scopeId === scopeId || !own.has(each.name));
    },

    add: (author, content) =>
      transact(async (trx) => {
        const key = keyOf(author);
        const version = await openPreset(trx, key);
        if (version === undefined) {
          throw new EngineError({ kind: 'preset-exists', name: key.name });
        }
        if ((await countOf(trx, key.scopeId)) >= maxPresets) {
          throw new EngineError({ kind: 'too-many-presets', limit: maxPresets });
        }
        await insertVersion(trx, { ...key, version }, content, author.userId);
        const details = { name: key.name, version, after: content };
        await writeAudit(trx, { ...whoAndWhere(author), action: 'preset-added', details });
        return { ...content, ...key, version };
      }),

    edit: (author, change) =>
      transact(async (trx) => {
        const key = keyOf(author);
        const before = contentOf(await lockOrThrow(trx, author));
        const after = changed(before, change);
        const version = await raiseVersion(trx, key);
        await insertVersion(trx, { ...key, version }, after, author.userId);
        const details = { name: key.name, version, before, after };
        await writeAudit(trx, { ...whoAndWhere(author), action: 'preset-edited', details });
        return { ...after, ...key, version };
      }),

    remove: (author) =>
      transact(async (trx) => {
        const { version, ...before } = await lockOrThrow(trx, author);
        await markRemoved(trx, keyOf(author));
        const details = { name: author.name, version, before: contentOf({ ...before, version }) };
        await writeAudit(trx, { ...whoAndWhere(author), action: 'preset-removed', details });
      }),

    samples: createPresetSamples(),
  };
}

/** Those in use; the one that is being added has no content yet, and is not among them. */
async function countOf(trx: Transaction, scopeId: string): Promise<number> {
  return (await readPresets(trx, [scopeId])).length;
}

function keyOf({ scopeId, name }: PresetAuthor): PresetKey {
  return { scopeId, name };
}

function whoAndWhere({ scopeId, userId }: PresetAuthor) {
  return { scopeId, userId };
}

function contentOf({ name: _name, scopeId: _scope, version: _version, ...content }: Preset) {
  return content;
}
