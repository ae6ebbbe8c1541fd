import type { BackendProgress } from '../backend.js';
import type { Frame } from './frames.js';
import type { Graph } from './workflow.js';

export interface ProgressTracker {
  /** Whether the frame is about this run. */
  take(frame: Frame): boolean;
  /** The run waits its turn behind others at the server: alive, though nothing moves. */
  waiting(): void;
}

export interface ProgressTrackerOptions {
  readonly promptId: string;
  readonly graph: Graph;
  readonly previewMs: number;
  readonly clock: { now(): number };
  readonly report: (progress: BackendProgress) => void;
}

/** Of a run's time, what the samplers take; the rest is loading, encoding and saving. */
const samplersShare = 0.9;

/**
 * Turns frames into one fraction that never falls. Samplers weigh by far the most, so that the
 * fraction follows their steps; each other node is a small equal part of the rest.
 */
export function createProgressTracker(options: ProgressTrackerOptions): ProgressTracker {
  const { promptId, graph, previewMs, clock, report } = options;
  const weights = weightsOf(graph);
  const done = new Map<string, number>();
  let isExecuting = false;
  let node: string | undefined;
  let fraction = 0;
  let reportedAt = Number.NEGATIVE_INFINITY;
  let previewedAt = Number.NEGATIVE_INFINITY;
  let preview: BackendProgress['preview'];

  function advance(id: string | undefined, share: number): void {
    if (id !== undefined) done.set(id, Math.max(share, done.get(id) ?? 0));
  }

  function emit(): void {
    let sum = 0;
    for (const [id, share] of done) sum += share * (weights.get(id) ?? 0);
    const reached = Math.max(fraction, Math.min(1, sum));
    const now = clock.now();
    const showsPreview = preview !== undefined && now - previewedAt >= previewMs;
    // Repeated now and then, as a sign of life while one node takes its time.
    if (reached === fraction && !showsPreview && now - reportedAt < previewMs) return;
    fraction = reached;
    reportedAt = now;
    report({ fraction, ...(showsPreview && preview && { preview }) });
    if (showsPreview) {
      previewedAt = now;
      preview = undefined;
    }
  }

  /** A frame without an id can only be ours while our run is the one that the server executes. */
  function isOurs(frame: Frame): boolean {
    if (frame.promptId === promptId) return true;
    if (frame.promptId !== undefined) {
      if (frame.type === 'started') isExecuting = false;
      return false;
    }
    // After a reconnect the server tells the node, and to this run's own client only.
    return frame.type === 'executing' || isExecuting;
  }

  return {
    take(frame) {
      if (!isOurs(frame)) return false;
      switch (frame.type) {
        case 'cached':
          for (const id of frame.nodes) advance(id, 1);
          break;
        case 'executing':
          if (frame.node !== node) advance(node, 1);
          node = frame.node;
          break;
        case 'nodes':
          for (const [id, share] of frame.done) advance(id, share);
          break;
        case 'step':
          advance(frame.node ?? node, frame.done);
          break;
        case 'preview':
          preview = { bytes: frame.bytes, mediaType: frame.mediaType };
          break;
      }
      isExecuting = frame.type !== 'finished';
      emit();
      return true;
    },
    waiting: () => emit(),
  };
}

function weightsOf(graph: Graph): ReadonlyMap<string, number> {
  const nodes = Object.entries(graph);
  const isSampler = (type: string) =>
    (/sampler/i.test(type) && !/select/i.test(type)) || type === 'ImageUpscaleWithModel';
  const samplers = nodes.filter(([, node]) => isSampler(node.class_type)).length;
  const others = nodes.length - samplers;
  const samplersWeight = samplers === 0 ? 0 : others === 0 ? 1 : samplersShare;
  return new Map(
    nodes.map(([id, node]) => [
      id,
      isSampler(node.class_type) ? samplersWeight / samplers : (1 - samplersWeight) / others,
    ]),
  );
}
