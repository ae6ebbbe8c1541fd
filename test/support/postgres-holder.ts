import { pino } from 'pino';
import { startEmbeddedPostgres } from '../../src/engine/db/embedded-postgres.js';

/** A process of its own that uses the embedded Postgres until it is told to end, or is killed. */
const [dataDir = ''] = process.argv.slice(2);
const log = pino({ level: 'silent' });
const postgres = await startEmbeddedPostgres({ dataDir, log });
process.on('message', async () => {
  await postgres.stop();
  process.disconnect();
});
process.send?.(postgres.connectionString);
