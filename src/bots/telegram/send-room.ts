export interface SendRoomDeps<Waiter> {
  readonly perSecond: { readonly all: number; readonly progress: number };
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  /** It is now the first in the line. */
  readonly onFirst: (waiter: Waiter) => void;
}

export type SendRoom<Waiter> = ReturnType<typeof createSendRoom<Waiter>>;

/**
 * What all chats together may send in a second, and the line of those that wait for it, in order of
 * their coming: an album needs much of it at once, which single messages that came later would take
 * away for ever.
 */
export function createSendRoom<Waiter>({ perSecond, nowMs, onFirst }: SendRoomDeps<Waiter>) {
  const line = new Set<Waiter>();
  let sentAt: number[] = [];
  const isFirst = (waiter: Waiter): boolean => line.values().next().value === waiter;

  return {
    line: line as ReadonlySet<Waiter>,

    /** What must go by before so many messages more fit into a second. */
    waitMs(part: 'all' | 'progress', messages: number): number {
      const now = nowMs();
      sentAt = sentAt.filter((at) => now - at < 1000);
      const inTheWay = lastInTheWay(sentAt, perSecond[part], messages);
      return inTheWay === undefined ? 0 : Math.max(0, Math.ceil(inTheWay + 1000 - now));
    },

    take(messages: number): void {
      sentAt.push(...Array<number>(messages).fill(nowMs()));
    },

    /** At the end, where it does not stand in the line already. True: nobody is before it. */
    join(waiter: Waiter): boolean {
      line.add(waiter);
      return isFirst(waiter);
    },

    leave(waiter: Waiter): void {
      const wasFirst = isFirst(waiter);
      line.delete(waiter);
      const [first] = line;
      if (wasFirst && first !== undefined) onFirst(first);
    },
  };
}

/** When that was sent which must be past before so many more fit; a call beyond the limit, all. */
export function lastInTheWay(
  sentAt: readonly number[],
  limit: number,
  messages: number,
): number | undefined {
  return sentAt.at(-Math.max(1, limit - messages + 1));
}
