import type { ColumnType, Generated } from 'kysely';
import type { BackendHandle } from '../backends/backend.js';
import type { BackendState } from '../backends/backend-report.repository.js';
import type { RequestNote } from '../backends/request-adaptation.js';
import type {
  BatchNote,
  BatchOrigin,
  CardAddress,
  TaskFailure,
  TaskRequest,
} from '../batches/batch.js';
import type { StoredPosts } from '../cards/post.repository.js';
import type { TaskState } from '../tasks/task-state.js';
import type { Platform } from '../users/user.js';

/**
 * The tables as `migrations/` make them, one interface each, columns in alphabetical order.
 * `test/engine/db/tables.test.ts` holds each column and whether it may be null against the database.
 */

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type GeneratedTimestamp = ColumnType<Date, Date | string | undefined, Date | string>;
type NullableTimestamp = ColumnType<
  Date | null,
  Date | string | null | undefined,
  Date | string | null
>;
/** Read as JSON, written as text: pg would take an array for a Postgres array. */
type Json<T> = ColumnType<T, string, string>;

interface Audit {
  action: string;
  createdAt: GeneratedTimestamp;
  details: Json<unknown>;
  id: Generated<number>;
  scopeId: string;
  userId: string;
}

interface BackendReports {
  error: string | null;
  errorAt: NullableTimestamp;
  name: string;
  reportedAt: GeneratedTimestamp;
  state: BackendState;
  until: NullableTimestamp;
}

interface Batches {
  createdAt: GeneratedTimestamp;
  erasedAt: NullableTimestamp;
  id: string;
  notes: ColumnType<readonly BatchNote[], string | undefined, string>;
  origin: BatchOrigin;
  parentBatchId: string | null;
  private: boolean;
  prompt: string;
  scopeId: string;
  updateKey: string;
  updatePlatform: Platform;
  userId: string;
}

interface Blocks {
  blockedBy: string | null;
  createdAt: GeneratedTimestamp;
  scopeId: string;
  userId: string;
}

interface Cards {
  address: Json<CardAddress>;
  attempts: Generated<number>;
  batchId: string;
  dueAt: GeneratedTimestamp;
  isDue: ColumnType<boolean, never, never>;
  platform: Platform;
  posts: ColumnType<StoredPosts, string | undefined, string>;
  renderedAt: NullableTimestamp;
  renderedVersion: Generated<number>;
  sendingSince: NullableTimestamp;
  shownImageIds: Generated<string[]>;
  undeliverableReason: string | null;
  version: Generated<number>;
}

interface DiscardedFiles {
  createdAt: GeneratedTimestamp;
  storageKey: string;
}

interface Images {
  byteLength: number;
  createdAt: GeneratedTimestamp;
  height: number;
  id: string;
  index: number;
  mediaType: string;
  parameters: ColumnType<
    Readonly<Record<string, string | number>> | null,
    string | null | undefined,
    string | null
  >;
  removedAt: NullableTimestamp;
  runNumber: number;
  seed: number | null;
  storageKey: string;
  taskId: string;
  width: number;
  workflowHash: string | null;
}

interface Inputs {
  byteLength: number;
  createdAt: GeneratedTimestamp;
  height: number;
  id: string;
  mediaType: string;
  removedAt: NullableTimestamp;
  storageKey: string;
  width: number;
}

interface Lanes {
  isWaiting: ColumnType<boolean, never, never>;
  pool: string;
  userId: string;
  virtualTime: number;
  waiting: Generated<number>;
  weight: Generated<number>;
}

interface LinkCodes {
  codeHash: string;
  expiresAt: Timestamp;
  userId: string;
}

interface LinkGuesses {
  failures: number;
  since: GeneratedTimestamp;
  userId: string;
}

interface Leases {
  expiresAt: Timestamp;
  holder: string;
  name: string;
}

interface Pools {
  name: string;
  virtualTime: Generated<number>;
}

interface PresetVersions {
  aspect: string | null;
  count: number | null;
  createdAt: GeneratedTimestamp;
  createdBy: string | null;
  model: string | null;
  name: string;
  negative: string | null;
  prompt: string;
  scopeId: string;
  strength: number | null;
  version: number;
}

interface Presets {
  name: string;
  removedAt: NullableTimestamp;
  scopeId: string;
  version: number;
}

interface Runs {
  admittedAt: GeneratedTimestamp;
  endedAt: NullableTimestamp;
  handle: ColumnType<BackendHandle | null, string | null, string | null>;
  instance: string;
  leaseUntil: NullableTimestamp;
  number: number;
  outcome: string | null;
  pool: string;
  startedAt: NullableTimestamp;
  state: Generated<'admitted' | 'started' | 'ended'>;
  submittedAt: NullableTimestamp;
  taskId: string;
  userId: string;
  workerId: string | null;
}

interface Settings {
  key: string;
  scopeId: string;
  updatedAt: GeneratedTimestamp;
  updatedBy: string | null;
  value: Json<unknown>;
}

interface TaskInputs {
  inputId: string;
  taskId: string;
}

interface Tasks {
  availableAt: NullableTimestamp;
  batchId: string;
  cancelRequestedAt: NullableTimestamp;
  chargedOn: ColumnType<Date | null, string | null | undefined, string | null>;
  createdAt: GeneratedTimestamp;
  deadlineAt: NullableTimestamp;
  failureBilled: TaskFailure['billed'] | null;
  failureKind: TaskFailure['kind'] | null;
  failureText: string | null;
  finishedAt: NullableTimestamp;
  id: string;
  model: string | null;
  notes: ColumnType<readonly RequestNote[], string | undefined, string>;
  ordinal: number;
  pinnedInstance: string | null;
  pool: string;
  request: Json<TaskRequest>;
  retries: Generated<number>;
  runNumber: Generated<number>;
  seed: number | null;
  sequence: Generated<number>;
  startedAt: NullableTimestamp;
  state: Generated<TaskState>;
  submissions: Generated<number>;
  userId: string;
  waitReason: 'retry' | 'rate-limited' | 'quota' | 'unavailable' | 'paused' | null;
}

interface Updates {
  claimedUntil: GeneratedTimestamp;
  closedAt: NullableTimestamp;
  groupKey: string | null;
  key: string;
  payload: ColumnType<unknown, string | null, string | null>;
  platform: Platform;
  receivedAt: GeneratedTimestamp;
  takeovers: Generated<number>;
}

interface Usage {
  day: ColumnType<Date, string, string>;
  images: number;
  subject: string;
}

interface Users {
  accountId: string | null;
  createdAt: GeneratedTimestamp;
  handle: string | null;
  id: string;
  language: string | null;
  locale: string;
  name: string;
  platform: Platform;
  platformUserId: string;
}

/** Every table by its name. */
export interface DB {
  audit: Audit;
  backendReports: BackendReports;
  batches: Batches;
  blocks: Blocks;
  cards: Cards;
  discardedFiles: DiscardedFiles;
  images: Images;
  inputs: Inputs;
  lanes: Lanes;
  leases: Leases;
  linkCodes: LinkCodes;
  linkGuesses: LinkGuesses;
  pools: Pools;
  presetVersions: PresetVersions;
  presets: Presets;
  runs: Runs;
  settings: Settings;
  taskInputs: TaskInputs;
  tasks: Tasks;
  updates: Updates;
  usage: Usage;
  users: Users;
}
