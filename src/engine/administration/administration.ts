import { type AuditRecord, readAudit } from '../audit/audit.repository.js';
import type { Pools } from '../backends/pools.js';
import type { Database, Transaction } from '../db/connection.js';
import type { Effects, Transact } from '../db/transact.js';
import { EngineError } from '../engine-error.js';
import { rasterize } from '../images/drawing.js';
import type { Limits } from '../limits/limit.js';
import { createLimitService, type LimitService } from '../limits/limit-service.js';
import { createModelService, type ModelService } from '../models/model-service.js';
import { type PolicyReader, type PolicyRequest, policyProblem } from '../policy/policy.js';
import { createRuleService, type RuleService } from '../rules/rule-service.js';
import { drawChart } from '../statistics/chart.js';
import { readStatistics, type Statistics } from '../statistics/statistics.repository.js';
import { createPeopleService, type PeopleService } from '../users/people-service.js';
import type { Actor } from '../users/user.js';
import { createQueueService, type QueueService } from './queue-service.js';
import { moveScopeRows, type ScopePlace } from './scope-move.repository.js';

export interface AdmissibilityRequest extends PolicyRequest {
  readonly scopeId: string;
}

/**
 * What operators and those who manage a scope see and change. Who may is decided before. A scope
 * that is undefined stands for all of them together, `global` for what is set for all.
 */
export interface Administration {
  readonly limits: LimitService;
  readonly rules: RuleService;
  readonly people: PeopleService;
  readonly models: ModelService;
  readonly queue: QueueService;
  /**
   * Whether something may be made here at all, before any work goes into it; `submit` asks again.
   * @throws EngineError blocked, place-not-allowed, prompt-too-long, blocked-word, age-restricted-only
   */
  check(request: AdmissibilityRequest): Promise<void>;
  /** Who changed what, newest first. */
  audit(
    scopeId: string | undefined,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<AuditRecord[]>;
  /** Of the last days, today (UTC) among them. */
  statistics(scopeId: string | undefined, dayCount: number): Promise<Statistics>;
  /** The same days as a picture: tasks a day by how they ended. PNG, without words. */
  drawStatistics(statistics: Pick<Statistics, 'days'>): Promise<Uint8Array>;
  /**
   * A chat goes on under another id, as when a Telegram group becomes a supergroup: all that was set
   * and made there is the new scope's. Harmless to repeat.
   */
  moveScope(from: ScopePlace, to: ScopePlace): Promise<void>;
}

export interface AdministrationDependencies {
  readonly db: Database;
  readonly transact: Transact;
  readonly pools: Pools;
  /** The configuration's. */
  readonly limits: Limits;
  /** Forgets what it remembers when something was changed here. */
  readonly policyIn: PolicyReader & { forget(): void };
  readonly cancel: (batchId: string, actor: Actor) => Promise<void>;
}

export function createAdministration(deps: AdministrationDependencies): Administration {
  const { db, pools, limits, policyIn } = deps;
  // A change is in force at once in the process that made it, and in the others within a second.
  const transact = Object.assign(
    async <T>(work: (trx: Transaction, effects: Effects) => Promise<T>) => {
      const result = await deps.transact(work);
      policyIn.forget();
      return result;
    },
    { statement: deps.transact.statement },
  );
  return {
    limits: createLimitService(db, transact, pools, limits),
    rules: createRuleService(db, transact),
    people: createPeopleService({ ...deps, transact }),
    models: createModelService(db, transact, pools),
    queue: createQueueService({ ...deps, transact }),
    async check(request) {
      const policy = await policyIn(request.scopeId);
      const [longest = ''] = [...request.prompts].sort((a, b) => b.length - a.length);
      const limit = policy.limits.promptMaxCharacters;
      const problem = await policyProblem(policy, request);
      if (problem) throw new EngineError(problem);
      if (longest.length > limit) {
        throw new EngineError({ kind: 'prompt-too-long', length: longest.length, limit });
      }
    },
    audit: (scopeId, page) => readAudit(db, scopeId, page),
    statistics: (scopeId, dayCount) => readStatistics(db, scopeId, dayCount),
    drawStatistics: ({ days }) => rasterize(drawChart(days)),
    moveScope: (from, to) => transact((trx) => moveScopeRows(trx, from, to)),
  };
}
