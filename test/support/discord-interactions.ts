import type { InteractionHandle } from '../../src/playground/discord/index.js';
import type { JudgedPlayground, RawAnswer } from './discord-playground.js';

/** What a bot does with an interaction, request by request. */
export interface InteractionRequests {
  register(command: Record<string, unknown>): Promise<RawAnswer>;
  answer(used: InteractionHandle, body: unknown): Promise<RawAnswer>;
  webhook(used: InteractionHandle): string;
  original(used: InteractionHandle): string;
}

export function interactionRequests(playground: JudgedPlayground): InteractionRequests {
  const webhook = (used: InteractionHandle) =>
    `/webhooks/${playground.applicationId}/${used.record.token}`;
  return {
    webhook,
    original: (used) => `${webhook(used)}/messages/@original`,
    register: (command) =>
      playground.send('POST', `/applications/${playground.applicationId}/commands`, command),
    answer: (used, body) =>
      playground.send(
        'POST',
        `/interactions/${used.id}/${used.record.token}/callback?with_response=true`,
        body,
      ),
  };
}

/** A modal with a text to write and images to upload. */
export const askForImages = {
  custom_id: 'ask',
  title: 'Ask',
  components: [
    { type: 18, label: 'Prompt', component: { type: 4, custom_id: 'prompt', style: 2 } },
    {
      type: 18,
      label: 'Images',
      component: { type: 19, custom_id: 'images', max_values: 2, required: false },
    },
  ],
};
