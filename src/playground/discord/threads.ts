import { requireInChannel } from './channels.js';
import { refusal } from './errors.js';
import { includes } from './permissions.js';
import type { Channel } from './records.js';
import { botPermissions, type World } from './world.js';

/**
 * Before something is written to a channel. A message opens an archived thread again, unless it is
 * locked too. https://discord.com/developers/docs/topics/threads#archived--locked
 * @throws DiscordError 403/50013, 400/160005 where only who manages threads may write
 */
export function requireWriting(world: World, channel: Channel): void {
  const { thread } = channel;
  requireInChannel(world, channel, [thread ? 'SendMessagesInThreads' : 'SendMessages']);
  if (!thread) return;
  if (thread.isLocked && !managesThreads(world, channel)) throw refusal('threadLocked');
  thread.isArchived = false;
}

/** Before a message is edited. @throws DiscordError 400/50083 */
export function requireOpenThread({ thread }: Channel): void {
  if (thread?.isArchived) throw refusal('threadArchived');
}

/** What Modify Channel changes of a thread. @throws DiscordError 403/50013 */
export function modifyThread(
  world: World,
  channel: Channel,
  { archived, locked }: { readonly archived?: boolean; readonly locked?: boolean },
): void {
  const { thread } = channel;
  if (!thread) throw refusal('missingPermissions');
  const onlyOpens = archived === false && locked === undefined && !thread.isLocked;
  if (onlyOpens) requireInChannel(world, channel, ['SendMessagesInThreads']);
  else if (!managesThreads(world, channel)) throw refusal('missingPermissions');
  thread.isArchived = archived ?? thread.isArchived;
  thread.isLocked = locked ?? thread.isLocked;
}

function managesThreads(world: World, channel: Channel): boolean {
  return includes(botPermissions(world, channel), 'ManageThreads');
}
