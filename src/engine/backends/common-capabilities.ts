import type { Backend, BackendCapabilities } from './backend.js';

const dearestCancel = ['local', 'queued-only', 'global', 'exact'] as const;

/**
 * What every one of several backends can do, so that any of them may be given any task of their
 * pool. Undefined for none.
 */
export function commonCapabilities(backends: readonly Backend[]): BackendCapabilities | undefined {
  const [first, ...others] = backends.map(({ capabilities }) => capabilities);
  return first && others.reduce(common, first);
}

function common(one: BackendCapabilities, other: BackendCapabilities): BackendCapabilities {
  const operations = [...one.operations].filter((operation) => other.operations.has(operation));
  const limits = [one.silenceLimitMs, other.silenceLimitMs].filter((limit) => limit !== undefined);
  return {
    operations: new Set(operations),
    maxCount: Math.min(one.maxCount, other.maxCount),
    aspects: commonAspects(one.aspects, other.aspects),
    seed: one.seed && other.seed,
    negative: one.negative && other.negative,
    strength: one.strength && other.strength,
    mask: one.mask && other.mask,
    references: Math.min(one.references, other.references),
    preview: one.preview && other.preview,
    progress: one.progress && other.progress,
    ...(limits.length > 0 ? { silenceLimitMs: Math.max(...limits) } : {}),
    cancel:
      dearestCancel.find((cancel) => cancel === one.cancel || cancel === other.cancel) ?? 'local',
    resumable: one.resumable && other.resumable,
    paid: one.paid || other.paid,
  };
}

function commonAspects(
  one: BackendCapabilities['aspects'],
  other: BackendCapabilities['aspects'],
): BackendCapabilities['aspects'] {
  if (one === 'any') return other;
  return other === 'any' ? one : one.filter((aspect) => other.includes(aspect));
}
