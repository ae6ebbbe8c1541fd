import type { CardPosts } from '../../src/chat/index.js';
import type { Post } from '../../src/engine/index.js';

/** What is on record of the messages beside one card. */
export interface MemoryPosts {
  /** For the next show, as the record has them now. */
  readonly current: () => CardPosts;
  readonly all: () => readonly Post[];
  /** Puts one on record, as an earlier process may have left it. */
  readonly add: (post: Pick<Post, 'imageIds' | 'state' | 'beganAt'>) => void;
  /** The batch was deleted. */
  isGone: boolean;
}

export function createMemoryPosts(now = () => new Date()): MemoryPosts {
  const posts = new Map<string, Post>();
  let count = 0;
  const change = (id: string, part: Partial<Post>) => {
    const post = posts.get(id);
    if (post) posts.set(id, { ...post, ...part });
  };
  const add: MemoryPosts['add'] = (post) => {
    count += 1;
    posts.set(`post${count}`, { ...post, id: `post${count}`, messageIds: [] });
  };
  const memory: MemoryPosts = {
    isGone: false,
    all: () => [...posts.values()],
    add,
    current: () => ({
      known: [...posts.values()],
      async begin(imageIds) {
        if (memory.isGone) return undefined;
        add({ imageIds, state: 'sending', beganAt: now() });
        return posts.get(`post${count}`);
      },
      sent: async (id, messageIds) => change(id, { state: 'sent', messageIds }),
      release: async (id) => void posts.delete(id),
      doubt: async (ids) => {
        for (const id of ids) change(id, { state: 'doubtful' });
      },
    }),
  };
  return memory;
}
