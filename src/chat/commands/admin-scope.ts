import { z } from 'zod';
import { globalScope } from '../../engine/index.js';
import { Refusal, sentence } from '../refusal.js';
import type { CommandContext } from './command.js';
import { optionRegistry } from './option-registry.js';

/** For all servers and chats, where it is given. */
export const globalOption = z
  .boolean('option-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-global' });

/** The same of what is only looked at: administrators see everything unless they say `false`. */
export const globalViewOption = z
  .boolean('option-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-global-view' });

export const pageOption = z
  .int('page-wrong')
  .min(1, 'page-wrong')
  .max(10_000, 'page-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-page' });

/** The scope of the request, or `global`. @throws Refusal for those who have no say over all */
export function scopeToChange({ isAdmin, request }: CommandContext, isGlobal = false): string {
  if (!isGlobal) return request.scopeId;
  if (!isAdmin) throw new Refusal(sentence('global-admins-only'));
  return globalScope;
}

/** Who changes something, where. @throws Refusal */
export function authorOf(context: CommandContext, isGlobal?: boolean) {
  const scopeId = scopeToChange(context, isGlobal);
  return { scopeId, userId: context.user.id, isAdmin: context.isAdmin };
}

/** The scope to look at, or undefined for all of them. @throws Refusal */
export function scopeToView(
  { isAdmin, request }: CommandContext,
  isGlobal: boolean | undefined,
): string | undefined {
  if (isGlobal === true && !isAdmin) throw new Refusal(sentence('global-view-admins-only'));
  return (isGlobal ?? isAdmin) ? undefined : request.scopeId;
}

/** The n-th page, and one entry more that shows whether there is another. */
export function pageOf(page: number | undefined, size: number) {
  return { limit: size + 1, offset: ((page ?? 1) - 1) * size };
}
