import { z } from 'zod';
import type { Statistics, TaskFailure } from '../../engine/index.js';
import type { LocalizedTexts } from '../texts.js';
import { globalViewOption, scopeToView } from './admin-scope.js';
import { defineCommand } from './command.js';
import { confidentialText } from './confidential-text.js';
import { optionRegistry } from './option-registry.js';

const defaultDays = 14;
const shownDays = 7;

const failureTexts = {
  'invalid-request': 'failure-kind-invalid-request',
  moderated: 'failure-kind-moderated',
  quota: 'failure-kind-quota',
  'rate-limited': 'failure-kind-rate-limited',
  transient: 'failure-kind-transient',
  unavailable: 'failure-kind-unavailable',
  misconfigured: 'failure-kind-misconfigured',
  cancelled: 'failure-kind-cancelled',
  deadline: 'failure-kind-deadline',
  silent: 'failure-kind-silent',
  lost: 'failure-kind-lost',
  storage: 'failure-kind-storage',
  internal: 'failure-kind-internal',
} as const satisfies Record<TaskFailure['kind'], string>;

export const adminStats = defineCommand({
  path: ['admin', 'stats'],
  description: 'command-admin-stats',
  permission: 'scope-managers',
  options: z.object({
    days: z
      .int('days-wrong')
      .min(1, 'days-wrong')
      .max(90, 'days-wrong')
      .optional()
      .register(optionRegistry, { description: 'option-days' }),
    global: globalViewOption,
  }),
  run: async (context, { days = defaultDays, global }) => {
    const { engine, texts } = context;
    const scopeId = scopeToView(context, global);
    const statistics = await engine.administration.statistics(scopeId, days);
    const title = texts.text(scopeId === undefined ? 'stats-title-everywhere' : 'stats-title', {
      days,
    });
    const description = texts.text('stats-picture', { days });
    const bytes = await engine.administration.drawStatistics(statistics);
    return {
      ...confidentialText([title, ...statisticsLines(statistics, texts)], texts),
      picture: { name: 'tasks-by-day.png', mediaType: 'image/png', bytes, description },
    };
  },
});

function statisticsLines({ days, failures, models }: Statistics, texts: LocalizedTexts): string[] {
  const sum = (count: (day: Statistics['days'][number]) => number) =>
    days.reduce((total, day) => total + count(day), 0);
  const busy = days.filter(({ batches }) => batches > 0);
  return [
    texts.text('stats-totals', {
      batches: sum(({ batches }) => batches),
      tasks: sum(({ completed, failed, cancelled, open }) => completed + failed + cancelled + open),
      images: sum(({ images }) => images),
    }),
    texts.text('stats-outcomes', {
      completed: sum(({ completed }) => completed),
      failed: sum(({ failed }) => failed),
      cancelled: sum(({ cancelled }) => cancelled),
    }),
    ...(failures.length === 0 ? [] : [texts.text('stats-failures')]),
    ...failures.map(({ kind, count }) => `  ${texts.text(failureTexts[kind])} · ${count}`),
    ...(models.length === 0 ? [] : [texts.text('stats-models')]),
    ...models.map(
      ({ model, medianMs, tasks }) =>
        `  ${model} · ${texts.exactDuration(medianMs)} · ${texts.text('stats-tasks', { tasks })}`,
    ),
    ...(busy.length === 0 ? [] : [texts.text('stats-days')]),
    ...busy
      .slice(-shownDays)
      .reverse()
      .map(({ day, batches, images, failed }) =>
        texts.text('stats-day', { day: texts.day(day), batches, images, failed }),
      ),
  ];
}
