import { type Actor, type BatchView, EngineError } from '../../engine/index.js';
import { nearest } from '../nearest.js';
import { quoted, Refusal } from '../refusal.js';
import type { CommandContext } from './command.js';

export interface NamedBatch {
  /** Of the batch, or of one of its tasks. */
  readonly id: string;
  readonly batch: BatchView;
  readonly actor: Actor;
}

/** Ids that are named where none, or a wrong one, was given. */
const maxNamed = 3;

/**
 * What an id names; without one, the batch whose card was answered.
 * @throws Refusal that names ids of one's own which may be meant
 */
export async function namedBatch(
  context: CommandContext,
  id: string | undefined,
): Promise<NamedBatch> {
  const meant = id ?? (await answeredBatchId(context));
  if (meant === undefined) throw await withoutId(context);
  try {
    return { id: meant, ...(await context.batchAndActor(meant)) };
  } catch (error) {
    const isUnknown = error instanceof EngineError && error.problem.kind === 'unknown-batch';
    throw isUnknown ? await withUnknownId(context, meant) : error;
  }
}

/** The batch of the card that the request answers, where the platform has answers. */
export async function answeredBatchId({
  engine,
  request,
}: CommandContext): Promise<string | undefined> {
  return request.repliesTo && engine.cards.findByAddress(request.platform, request.repliesTo);
}

async function withoutId({ engine, user }: CommandContext): Promise<Refusal> {
  const ids = await ownBatchIds(engine, user.id);
  return ids.length === 0
    ? new Refusal((texts) => texts.text('id-missing-none'))
    : new Refusal((texts) => texts.text('id-missing', { ids: texts.list(ids) }));
}

async function withUnknownId({ engine, user }: CommandContext, wrong: string): Promise<Refusal> {
  const id = quoted(wrong);
  const recent = await engine.history.recentIds(user.id);
  const own = new Set(recent.flatMap(({ batchId, taskId }) => [batchId, taskId]));
  const alike = nearest(wrong, own, maxNamed);
  if (alike.length > 0) {
    return new Refusal((texts) =>
      texts.text('batch-unknown-nearest', { id, nearest: texts.list(alike) }),
    );
  }
  const latest = await ownBatchIds(engine, user.id);
  return latest.length === 0
    ? new Refusal((texts) => texts.text('batch-unknown', { id }))
    : new Refusal((texts) => texts.text('batch-unknown-yours', { id, ids: texts.list(latest) }));
}

/** Those that wait or run, the newest first; else the latest. */
async function ownBatchIds(engine: CommandContext['engine'], userId: string): Promise<string[]> {
  const active = await engine.activeBatches(userId);
  if (active.length > 0)
    return active
      .map(({ id }) => id)
      .reverse()
      .slice(0, maxNamed);
  const recent = await engine.history.recentIds(userId);
  return [...new Set(recent.map(({ batchId }) => batchId))].slice(0, maxNamed);
}
