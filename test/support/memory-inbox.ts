import { type Inbox, type LeftUpdate, RecordUnavailableError } from '../../src/engine/index.js';

/** An inbox without a database, for tests of the bots alone. */
export interface MemoryInbox extends Inbox {
  /** From now on nothing can be written or read. */
  goAway(): void;
  /** From now on nothing is answered until it comes back; then all that was asked is done. */
  stall(): void;
  comeBack(): void;
  readonly openKeys: () => readonly string[];
  readonly receivedKeys: () => readonly string[];
}

interface Row extends LeftUpdate {
  readonly groupKey: string | undefined;
  isOpen: boolean;
  claimedUntil: number;
  takeovers: number;
}

/** Shorter than the engine's, so that a test need not wait long for what was left. */
const claimMs = 200;
const claimEnd = () => performance.now() + claimMs;

export function createMemoryInbox(): MemoryInbox {
  const rows = new Map<string, Row>();
  let isAway = false;
  let stalled: { readonly over: Promise<void>; readonly end: () => void } | undefined;
  const reach = async () => {
    await stalled?.over;
    if (isAway) throw new RecordUnavailableError(new Error('connect ECONNREFUSED 127.0.0.1:5432'));
  };
  const openRows = () => [...rows.values()].filter(({ isOpen }) => isOpen);

  return {
    async receive(_platform, key, payload, groupKey) {
      await reach();
      if (rows.has(key)) return { isNew: false };
      const receivedAt = new Date();
      const kept: unknown = JSON.parse(JSON.stringify(payload));
      const row = { key, payload: kept, receivedAt, groupKey, isOpen: true, takeovers: 0 };
      rows.set(key, { ...row, claimedUntil: claimEnd() });
      return { isNew: true };
    },
    async close(_platform, key) {
      await reach();
      const row = rows.get(key);
      if (row) row.isOpen = false;
    },
    async closeKeeping(_platform, key, payload) {
      await reach();
      const row = rows.get(key);
      if (row)
        rows.set(key, { ...row, payload: JSON.parse(JSON.stringify(payload)), isOpen: false });
    },
    async kept(_platform, key) {
      await reach();
      return rows.get(key)?.payload;
    },
    async takeUp(_platform, inHand) {
      await reach();
      const left = openRows().filter(
        (row) => !inHand.includes(row.key) && row.claimedUntil < performance.now(),
      );
      for (const row of left) {
        row.claimedUntil = claimEnd();
        row.takeovers += 1;
      }
      return left;
    },
    async refuse(_platform, key) {
      await reach();
      const row = rows.get(key);
      if (row) row.isOpen = false;
    },
    async group(_platform, groupKey) {
      await reach();
      return openRows().filter((row) => row.groupKey === groupKey);
    },
    goAway() {
      isAway = true;
    },
    stall() {
      let end = () => {};
      const over = new Promise<void>((resolve) => {
        end = resolve;
      });
      stalled = { over, end };
    },
    comeBack() {
      isAway = false;
      stalled?.end();
      stalled = undefined;
    },
    openKeys: () => openRows().map(({ key }) => key),
    receivedKeys: () => [...rows.keys()],
  };
}
