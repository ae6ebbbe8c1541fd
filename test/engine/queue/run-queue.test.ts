import {
  createPostgresRunQueue,
  createRedisRunQueue,
} from '../../../src/engine/queue/bullmq-run-queue.js';
import { describeQueueContract } from '../../contracts/queue.js';
import { silentLog } from '../../support/engine.js';
import { createTestDatabase } from '../../support/postgres.js';
import { sharedRedis } from '../../support/redis.js';

describeQueueContract('Redis', async () => {
  const { url, prefix } = sharedRedis();
  return {
    open: () => createRedisRunQueue({ url, prefix, log: silentLog }),
    close: async () => {},
  };
});

describeQueueContract('Postgres', async () => {
  const database = await createTestDatabase({ schema: false });
  return {
    open: () =>
      createPostgresRunQueue({ connectionString: database.connectionString, log: silentLog }),
    close: () => database.drop(),
  };
});
