/** The engine's only door: what chat and http may know of it. */

export type { Accounts } from './accounts/accounts-service.js';
export type { Administration } from './administration/administration.js';
export type { Addition, Albums } from './albums/album-service.js';
export type { AuditRecord } from './audit/audit.repository.js';
export type { Operation } from './backends/backend.js';
export type { BackendErrorKind } from './backends/backend-error.js';
export type { BackendState } from './backends/backend-report.repository.js';
export type { BackendInfo, Backends, ReloadedBackends } from './backends/backend-service.js';
export type { RequestNote } from './backends/request-adaptation.js';
export {
  type BatchCounts,
  type BatchNote,
  type BatchOrigin,
  type BatchPhase,
  type BatchView,
  type CardAddress,
  type ImageView,
  type InputProblem,
  phaseOf,
  type QueuePosition,
  type SubmitRequest,
  type SubmittedBatch,
  type TaskFailure,
  type TaskProgress,
  type TaskRequest,
  type TaskView,
} from './batches/batch.js';
export type { CardQueue, DueCard, MessageAddress } from './cards/card-queue.js';
export type { Post, Posts } from './cards/post.js';
export type { Engine, ModelInfo, PoolInfo, StoredInput } from './engine.js';
export { EngineError, type EngineProblem, RecordUnavailableError } from './engine-error.js';
export type { History, HistoryPage } from './history/history-service.js';
export { type ArchiveEntry, ArchiveError } from './images/archive.js';
export { type FilePieces, joined, lengthOf } from './images/file-pieces.js';
export type { ImageLinks } from './images/image-links.js';
export { ImageError, type ImageProblem } from './images/inspection.js';
export { type LimitName, type Limits, limitBounds, limitNames } from './limits/limit.js';
export type { ListedModel } from './models/model-service.js';
export type { RequestPlace } from './policy/policy.js';
export type {
  PreferenceChange,
  Preferences,
  UserPreferences,
} from './preferences/preferences-service.js';
export {
  applyTemplate,
  type Preset,
  type PresetChange,
  type PresetContent,
  type PresetReference,
} from './presets/preset.js';
export type { Presets } from './presets/preset-service.js';
export type { ListRuleName, Rules } from './rules/rule.js';
export { globalScope } from './settings/setting.repository.js';
export type { DayCount, Statistics } from './statistics/statistics.repository.js';
export type { TaskState } from './tasks/task-state.js';
export type { Inbox, LeftUpdate, OpenUpdate } from './updates/inbox.js';
export type { PersonUse } from './users/block.repository.js';
export type { Actor, Identity, Platform, User } from './users/user.js';
export type { RunReport } from './worker/worker.js';
