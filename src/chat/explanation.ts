import {
  EngineError,
  type EngineProblem,
  type ImageProblem,
  RecordUnavailableError,
} from '../engine/index.js';
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
      return problem.operation === 'edit' || problem.operation === 'vary'
        ? sentence('model-cannot-edit', { model: quoted(problem.model) })
        : sentence('model-cannot', {
            model: quoted(problem.model),
            operation: quoted(problem.operation),
          });
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
    case 'bad-setting':
      return sentence('setting-wrong', { key: problem.key, expected: problem.expected });
  }
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
