/** What a pipeline, the floor or Easel, is started with. */
export interface PipelineOptions {
  readonly platform: 'telegram' | 'discord';
  /** For the client library: the stand-in's address. */
  readonly apiUrl: string;
  readonly token: string;
  readonly databaseUrl: string;
  /** Undefined: BullMQ on the same Postgres. */
  readonly redisUrl?: string | undefined;
  readonly folder: string;
}

/** Jobs that a process of either pipeline works at, at most. */
export const jobsAtOnce = 64;
