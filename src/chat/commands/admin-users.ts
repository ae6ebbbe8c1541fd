import { z } from 'zod';
import type { PersonUse } from '../../engine/index.js';
import type { LocalizedTexts } from '../texts.js';
import { globalViewOption, pageOf, pageOption, scopeToView } from './admin-scope.js';
import { defineCommand } from './command.js';
import { pagedText } from './confidential-text.js';

const peopleAtOnce = 20;

export const adminUsers = defineCommand({
  path: ['admin', 'users'],
  description: 'command-admin-users',
  permission: 'scope-managers',
  options: z.object({ page: pageOption, global: globalViewOption }),
  run: async (context, { page, global }) => {
    const { engine, texts, now } = context;
    const scopeId = scopeToView(context, global);
    const people = await engine.administration.people.use(scopeId, pageOf(page, peopleAtOnce));
    const entries = people.map((person) => line(person, texts, now()));
    const title = texts.text(scopeId === undefined ? 'users-title-everywhere' : 'users-title');
    return pagedText(title, { entries, size: peopleAtOnce, page }, texts);
  },
});

function line(person: PersonUse, texts: LocalizedTexts, now: Date): string {
  const { name, handle, platform, platformUserId, batches, images, lastAt, blocked } = person;
  return [
    handle === null ? name : `${name} (@${handle})`,
    `${platform}:${platformUserId}`,
    texts.text('users-made', { batches, images }),
    texts.text('users-last', { time: texts.time(lastAt, now) }),
    ...(blocked ? [texts.text('users-blocked')] : []),
  ].join(' · ');
}
