import type { Operation } from './backends/backend.js';

/** Why the engine declines a wish. The chat layer has a text for each kind. */
export type EngineProblem =
  | { readonly kind: 'unknown-batch'; readonly id: string }
  | { readonly kind: 'unknown-image'; readonly id: string }
  | { readonly kind: 'images-gone'; readonly id: string }
  /** Its file is there, and no decoder takes it. */
  | { readonly kind: 'unreadable-image' }
  | { readonly kind: 'not-yours'; readonly id: string }
  | { readonly kind: 'nothing-to-cancel'; readonly id: string }
  | { readonly kind: 'nothing-to-retry'; readonly id: string }
  | { readonly kind: 'unknown-model'; readonly model: string; readonly nearest: readonly string[] }
  | {
      readonly kind: 'cannot';
      readonly operation: Operation;
      /** How many reference images came with it. */
      readonly references: number;
      /** As it was asked for; empty where none was, and none can. */
      readonly model: string;
    }
  | {
      readonly kind: 'unknown-preset';
      readonly name: string;
      /** There is a global one of that name, but none in the scope that was meant. */
      readonly isGlobal: boolean;
      /** Names in the scope that was meant. */
      readonly known: readonly string[];
    }
  | { readonly kind: 'preset-exists'; readonly name: string }
  | { readonly kind: 'too-many-presets'; readonly limit: number }
  | { readonly kind: 'too-many-waiting'; readonly waiting: number; readonly limit: number }
  | {
      readonly kind: 'quota-exceeded';
      readonly of: 'user' | 'scope';
      /** Images of today, without those that were refused. */
      readonly used: number;
      readonly limit: number;
      readonly resetsAt: Date;
    }
  /** The asker may have nothing made here, or anywhere. */
  | { readonly kind: 'blocked'; readonly everywhere: boolean }
  /** A rule keeps Easel to other channels or topics. */
  | { readonly kind: 'place-not-allowed' }
  /** As the rule has it. */
  | { readonly kind: 'blocked-word'; readonly word: string }
  | {
      readonly kind: 'age-restricted-only';
      readonly of: 'model' | 'preset';
      readonly name: string;
    }
  | { readonly kind: 'prompt-too-long'; readonly length: number; readonly limit: number }
  | { readonly kind: 'unknown-user'; readonly user: string }
  | { readonly kind: 'unknown-pool'; readonly pool: string; readonly pools: readonly string[] }
  | { readonly kind: 'unknown-backend'; readonly name: string; readonly known: readonly string[] }
  /** A line for each thing that is wrong, for administrators. */
  | { readonly kind: 'bad-configuration'; readonly problems: readonly string[] }
  /** Set for all at once, or for one server or chat, and this was the other. */
  | { readonly kind: 'not-of-one-scope' | 'of-one-scope-only'; readonly key: string }
  | {
      readonly kind: 'link-code-wrong' | 'same-platform' | 'already-linked';
    }
  | { readonly kind: 'too-many-guesses'; readonly until: Date }
  | { readonly kind: 'bad-setting'; readonly key: string; readonly expected: string };

/** Somebody's wish that can't be had. Nothing has changed. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly problem: EngineProblem;
  constructor(problem: EngineProblem, options?: ErrorOptions) {
    super(`Declined: ${JSON.stringify(problem)}`, options);
    this.problem = problem;
  }
}

/** Postgres did not take it: nothing was kept, and the user must hear so. */
export class RecordUnavailableError extends Error {
  override readonly name = 'RecordUnavailableError';
  constructor(cause: unknown) {
    super('The record is unavailable; nothing was kept', { cause });
  }
}
