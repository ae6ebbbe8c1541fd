/** An album is whole once no further part has come for this long: its updates carry no count. */
const windowMs = 1200;
/** What a platform's album holds at most: then nothing more is waited for. */
const maxParts = 10;
const rememberedAlbums = 1000;

/** Waits until the parts of an album, which come as separate updates, are all there. */
export interface AlbumCollector {
  /** `isLate`: the album was complete already, and this part came after it. */
  arrived(groupKey: string, whenWhole: (album: { readonly isLate: boolean }) => void): void;
  stop(): void;
}

/** Holds no parts, only the time: the parts stand in the inbox. */
export function createAlbumCollector(): AlbumCollector {
  const open = new Map<string, { parts: number; timer: NodeJS.Timeout }>();
  const finished = new Set<string>();

  return {
    arrived(groupKey, whenWhole) {
      const album = open.get(groupKey);
      const parts = (album?.parts ?? 0) + 1;
      clearTimeout(album?.timer);
      const finish = () => {
        open.delete(groupKey);
        const isLate = finished.has(groupKey);
        finished.add(groupKey);
        for (const oldest of finished) {
          if (finished.size <= rememberedAlbums) break;
          finished.delete(oldest);
        }
        whenWhole({ isLate });
      };
      const timer = setTimeout(finish, parts < maxParts ? windowMs : 0);
      open.set(groupKey, { parts, timer });
    },

    stop() {
      for (const { timer } of open.values()) clearTimeout(timer);
      open.clear();
    },
  };
}
