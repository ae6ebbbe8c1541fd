import {
  EngineError,
  type EngineProblem,
  type InputProblem,
  RecordUnavailableError,
} from '../engine/index.js';
import { nearest } from './nearest.js';
import { quoted, Refusal, type Sentence, sentence } from './refusal.js';
import type { LocalizedTexts } from './texts.js';

export interface NamedProblem {
  /** As its sender gave it. */
  readonly name: string;
  readonly problem: InputProblem;
}

/** Reasons that one answer lists. */
const maxSentences = 12;

/** What a user is told of an error; undefined for a defect. */
export function explain(error: unknown, texts: LocalizedTexts): string | undefined {
  if (error instanceof Refusal) return toldTogether(error, texts);
  if (error instanceof EngineError) return problemSentence(error.problem)(texts);
  if (error instanceof RecordUnavailableError) return texts.text('busy');
  return undefined;
}

function toldTogether({ sentences }: Refusal, texts: LocalizedTexts): string {
  const told = sentences.slice(0, maxSentences).map((say) => say(texts));
  const count = sentences.length - told.length;
  return [...told, ...(count > 0 ? [texts.text('and-more', { count })] : [])].join('\n');
}

function problemSentence(problem: EngineProblem): Sentence {
  switch (problem.kind) {
    case 'unknown-batch':
      return sentence('batch-unknown', { id: quoted(problem.id) });
    case 'unknown-image':
      return sentence('image-unknown');
    case 'images-gone':
      return sentence('images-gone', { id: quoted(problem.id) });
    case 'unreadable-image':
      return sentence('image-unreadable');
    case 'not-yours':
      return sentence('not-yours');
    case 'nothing-to-cancel':
      return sentence('nothing-to-cancel');
    case 'nothing-to-retry':
      return sentence('nothing-to-retry');
    case 'unknown-model':
      return unknownModel(problem.model, problem.nearest);
    case 'cannot':
      return inability(problem);
    case 'unknown-preset':
      return problem.isGlobal
        ? sentence('preset-is-global', { name: quoted(problem.name) })
        : unknownPreset(problem.name, problem.known);
    case 'preset-exists':
      return sentence('preset-exists', { name: quoted(problem.name) });
    case 'too-many-presets':
      return sentence('too-many-presets', { limit: problem.limit });
    case 'too-many-waiting':
      return sentence('too-many-waiting', { waiting: problem.waiting, limit: problem.limit });
    case 'quota-exceeded': {
      const { used, limit, resetsAt, of } = problem;
      const key = of === 'user' ? 'quota-of-user' : 'quota-of-scope';
      // With its date: it is never today.
      return (texts) =>
        texts.text(key, { used, limit, resetsAt: texts.time(resetsAt, new Date(0)) });
    }
    case 'blocked':
      return sentence(problem.everywhere ? 'blocked-everywhere' : 'blocked-here');
    case 'place-not-allowed':
      return sentence('place-not-allowed');
    case 'blocked-word':
      return sentence('blocked-word', { word: quoted(problem.word) });
    case 'age-restricted-only': {
      const key = problem.of === 'model' ? 'age-restricted-model' : 'age-restricted-preset';
      return sentence(key, { name: quoted(problem.name) });
    }
    case 'prompt-too-long':
      return sentence('prompt-too-long', {
        length: problem.length,
        promptMaxCharacters: problem.limit,
      });
    case 'unknown-user':
      return sentence('user-unknown', { value: quoted(problem.user) });
    case 'not-of-one-scope':
      return sentence('setting-global-only', { key: problem.key });
    case 'of-one-scope-only':
      return sentence('setting-scope-only', { key: problem.key });
    case 'unknown-pool':
      return (texts) =>
        texts.text('pool-unknown', {
          value: quoted(problem.pool),
          pools: texts.list(problem.pools),
        });
    case 'unknown-backend':
      return (texts) =>
        texts.text('backend-unknown', {
          value: quoted(problem.name),
          backends: texts.list(problem.known),
        });
    case 'bad-configuration':
      return (texts) => [texts.text('configuration-wrong'), ...problem.problems].join('\n');
    case 'link-code-wrong':
      return sentence('link-code-wrong');
    case 'same-platform':
      return sentence('link-same-platform');
    case 'already-linked':
      return sentence('link-already');
    case 'too-many-guesses': {
      const { until } = problem;
      return (texts) => texts.text('link-too-many-guesses', { until: texts.time(until, until) });
    }
    case 'bad-setting':
      return sentence('setting-wrong', { key: problem.key, expected: problem.expected });
  }
}

/** Chat checks this before; here is what is told where the backends changed in between. */
function inability(problem: Extract<EngineProblem, { kind: 'cannot' }>): Sentence {
  const model = quoted(problem.model);
  if (problem.references > 0) return sentence('model-without-references', { model });
  switch (problem.operation) {
    case 'edit':
    case 'vary':
      return sentence('model-cannot-edit', { model });
    case 'inpaint':
      return sentence('model-cannot-inpaint', { model });
    default:
      return sentence('model-cannot', { model, operation: problem.operation });
  }
}

export function unknownPreset(name: string, known: readonly string[]): Sentence {
  const value = quoted(name);
  const close = nearest(name, known);
  return close.length === 0
    ? sentence('preset-unknown', { value })
    : (texts) => texts.text('preset-unknown-nearest', { value, nearest: texts.list(close) });
}

export function unknownModel(model: string, nearest: readonly string[]): Sentence {
  const value = quoted(model);
  return nearest.length === 0
    ? sentence('model-unknown', { value })
    : (texts) => texts.text('model-unknown-nearest', { value, nearest: texts.list(nearest) });
}

/** What is wrong with an image that came along, by its name. */
export function inputSentence({ name: given, problem }: NamedProblem): Sentence {
  const name = quoted(given);
  switch (problem.kind) {
    case 'not-an-image':
      return sentence('image-not-an-image', { name });
    case 'unsupported-type':
      return sentence('image-unsupported-type', { name, mediaType: problem.mediaType });
    case 'too-many-bytes':
      return (texts) =>
        texts.text('image-too-many-bytes', {
          name,
          size: texts.megabytes(problem.bytes),
          max: texts.megabytes(problem.maxBytes),
        });
    case 'too-many-pixels':
      return (texts) =>
        texts.text('image-too-many-pixels', {
          name,
          pixels: texts.number(problem.pixels / 1_000_000),
          max: texts.number(problem.maxPixels / 1_000_000),
        });
    case 'broken':
      return sentence('image-broken', { name });
    case 'encrypted':
      return sentence('image-encrypted', { name });
    case 'inflates-too-much':
      return sentence('image-inflates-too-much', { name, maxRatio: problem.maxRatio });
    case 'too-large':
      return (texts) =>
        texts.text('image-too-large', { name, max: texts.megabytes(problem.maxBytes) });
    case 'beyond-platform':
      return sentence('image-beyond-platform', { name });
    case 'unavailable':
      return sentence('image-unavailable', { name });
    case 'foreign-host':
      return sentence('image-foreign-host', { name });
    case 'not-an-archive':
      return sentence('zip-broken', { name });
    case 'no-images-inside':
      return sentence('zip-empty', { name });
    case 'too-many-entries':
      return sentence('zip-too-many-images', { name, count: problem.count, max: problem.max });
    case 'too-much-inside':
      return (texts) =>
        texts.text('zip-too-much-inside', {
          name,
          size: texts.megabytes(problem.bytes),
          max: texts.megabytes(problem.max),
        });
  }
}
