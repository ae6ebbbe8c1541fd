import {
  type APIApplicationCommandAutocompleteInteraction,
  type APIInteraction,
  InteractionResponseType,
  InteractionType,
} from 'discord.js';
import type { Logger } from 'pino';
import type { Chat } from '../../chat/index.js';
import type { DiscordApi } from './discord-api.js';
import { DiscordError } from './discord-errors.js';
import { leafOf, scopeOf } from './interaction.js';

export interface AutocompletionDependencies {
  readonly api: Pick<DiscordApi, 'respond'>;
  readonly chat: Pick<Chat, 'suggest'>;
  readonly log: Logger;
}

export function isAutocomplete(
  interaction: APIInteraction,
): interaction is APIApplicationCommandAutocompleteInteraction {
  return interaction.type === InteractionType.ApplicationCommandAutocomplete;
}

/**
 * Answers what is being typed. Nothing is written down: the next letter asks again, and an answer
 * that comes too late is no loss.
 * https://discord.com/developers/docs/interactions/application-commands#autocomplete
 */
export async function autocomplete(
  { api, chat, log }: AutocompletionDependencies,
  interaction: APIApplicationCommandAutocompleteInteraction,
): Promise<void> {
  const { words, options } = leafOf(interaction.data);
  const focused = options.find((each) => 'focused' in each && each.focused === true);
  if (!focused || !('value' in focused)) return;
  try {
    const suggestions = await chat.suggest({
      command: words.join(' '),
      option: focused.name,
      typed: String(focused.value),
      scopeId: scopeOf(interaction),
    });
    const { application_id: applicationId, id, token } = interaction;
    const choices = suggestions.map(({ name, value }) => ({ name, value }));
    await api.respond(
      { applicationId, id, token },
      { type: InteractionResponseType.ApplicationCommandAutocompleteResult, data: { choices } },
    );
  } catch (error) {
    if (!(error instanceof DiscordError)) throw error;
    log.debug({ interactionId: interaction.id, reason: error.message }, 'no suggestions shown');
  }
}
