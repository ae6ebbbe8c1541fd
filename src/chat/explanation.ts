import {
  EngineError,
  type EngineProblem,
  type ImageProblem,
  RecordUnavailableError,
} from '../engine/index.js';
import { nearest } from './nearest.js';
import { quoted, Refusal, type Sentence, sentence } from './refusal.js';
import type { LocalizedTexts } from './texts.js';

/** What a user is told of an error; undefined for a defect. */
export function explain(error: unknown, texts: LocalizedTexts): string | undefined {
  if (error instanceof Refusal) return error.sentences.map((say) => say(texts)).join('\n');
  if (error instanceof EngineError) return problemSentence(error.problem)(texts);
  if (error instanceof RecordUnavailableError) return texts.text('busy');
  return undefined;
}

function problemSentence(problem: EngineProblem): Sentence {
  switch (problem.kind) {
    case 'unknown-batch':
      return sentence('batch-unknown', { id: quoted(problem.id) });
    case 'unknown-image':
      return sentence('image-unknown');
    case 'images-gone':
      return sentence('images-gone', { id: quoted(problem.id) });
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

export function imageSentence(attachmentName: string, problem: ImageProblem): Sentence {
  const name = quoted(attachmentName);
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
  }
}
