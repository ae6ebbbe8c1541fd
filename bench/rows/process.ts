import { type BenchContext, rounds } from '../bench-context.js';
import type { Sample } from '../chat-load.js';
import type { PipelineOptions } from '../pipeline.js';
import { startPeer, type Usage } from '../processes.js';
import { compared, type Row } from '../row.js';

/** Cold start and idle memory, against a process that has the same imports and is logged in. */
export async function processRows({ servers, quick, say }: BenchContext): Promise<Row[]> {
  say('cold start and idle memory');
  const starts: { floor: number[]; easel: number[] } = { floor: [], easel: [] };
  const idle: { floor: number[]; easel: number[] } = { floor: [], easel: [] };
  for (let round = 0; round <= (quick ? 2 : rounds); round += 1) {
    const chats = await startPeer('chats.ts', { platform: 'telegram' });
    const address = await chats.call<{ apiUrl: string; token: string }>('address');
    const options: PipelineOptions = {
      platform: 'telegram',
      ...address,
      databaseUrl: await servers.createDatabase(),
      redisUrl: servers.redisUrl,
      folder: servers.folder,
    };
    // The record is there, as at most starts.
    await (await startPeer('easel.ts', options)).end();

    let beganAt = performance.now();
    const bare = await startPeer('imports.ts', options);
    const bareMs = performance.now() - beganAt;
    const bareMiB = (await bare.call<Usage>('usage')).residentMiB;
    await bare.end();

    beganAt = performance.timeOrigin + performance.now();
    const command = chats.call<Sample[]>('load', { inFlight: 1, tasks: 1 });
    const easel = await startPeer('easel.ts', options);
    const easelMiB = (await easel.call<Usage>('usage')).residentMiB;
    const [sample] = await command;
    await easel.end();
    await chats.end();
    // The first round warms the disk's cache.
    if (round === 0 || !sample) continue;
    starts.floor.push(bareMs);
    starts.easel.push(sample.answeredAt - beganAt);
    idle.floor.push(bareMiB);
    idle.easel.push(easelMiB);
  }
  return [
    compared({
      figure: 'cold start → first answer, against bare imports and logins',
      unit: 'ms',
      ...starts,
      goal: { most: 1.5 },
    }),
    compared({
      figure: 'memory when idle, against the same imports logged in',
      unit: 'MiB',
      ...idle,
      goal: { most: 1.15 },
    }),
  ];
}
