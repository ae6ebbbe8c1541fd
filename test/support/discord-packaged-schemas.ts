import * as packaged from 'discord-api-spec/zod';
import { z } from 'zod';

const schemas: Record<string, z.ZodType> = packaged;

/** The package's schemas for the routes of a bot: request and answer, by `METHOD /route`. */
const byRoute: Record<string, { request?: string; response?: string; isList?: boolean }> = {
  'GET /gateway': { response: 'GatewayResponse' },
  'GET /gateway/bot': { response: 'GatewayBotResponse' },
  'GET /users/@me': { response: 'UserPIIResponse' },
  'GET /users/@me/guilds': { response: 'MyGuildResponse', isList: true },
  'GET /applications/@me': { response: 'PrivateApplicationResponse' },
  'GET /oauth2/applications/@me': { response: 'PrivateApplicationResponse' },
  'POST /users/@me/channels': {
    request: 'CreatePrivateChannelRequest',
    response: 'PrivateChannelResponse',
  },
  'POST /channels/{channel_id}/messages': {
    request: 'MessageCreateRequest',
    response: 'MessageResponse',
  },
  'GET /channels/{channel_id}/messages': { response: 'MessageResponse', isList: true },
  'GET /channels/{channel_id}/messages/{message_id}': { response: 'MessageResponse' },
  'PATCH /channels/{channel_id}/messages/{message_id}': {
    request: 'MessageEditRequestPartial',
    response: 'MessageResponse',
  },
  'POST /interactions/{interaction_id}/{interaction_token}/callback': {
    response: 'InteractionCallbackResponse',
  },
  'POST /webhooks/{webhook_id}/{webhook_token}': {
    request: 'IncomingWebhookRequestPartial',
    response: 'MessageResponse',
  },
  'GET /webhooks/{webhook_id}/{webhook_token}/messages/@original': { response: 'MessageResponse' },
  'PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original': {
    request: 'IncomingWebhookUpdateRequestPartial',
    response: 'MessageResponse',
  },
  'GET /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}': {
    response: 'MessageResponse',
  },
  'PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}': {
    request: 'IncomingWebhookUpdateRequestPartial',
    response: 'MessageResponse',
  },
  'GET /applications/{application_id}/commands': {
    response: 'ApplicationCommandResponse',
    isList: true,
  },
  'POST /applications/{application_id}/commands': {
    request: 'ApplicationCommandCreateRequest',
    response: 'ApplicationCommandResponse',
  },
  'PUT /applications/{application_id}/commands': {
    request: 'ApplicationCommandUpdateRequest',
    response: 'ApplicationCommandResponse',
    isList: true,
  },
  'PUT /applications/{application_id}/guilds/{guild_id}/commands': {
    request: 'ApplicationCommandUpdateRequest',
    response: 'ApplicationCommandResponse',
    isList: true,
  },
  'GET /guilds/{guild_id}': { response: 'GuildWithCountsResponse' },
  'GET /guilds/{guild_id}/roles': { response: 'GuildRoleResponse', isList: true },
  'GET /guilds/{guild_id}/members/{user_id}': { response: 'GuildMemberResponse' },
};

const callback = 'POST /interactions/{interaction_id}/{interaction_token}/callback';

/** Callbacks differ by their type. */
const callbackRequests = [
  'PongInteractionCallbackRequest',
  'CreateMessageInteractionCallbackRequest',
  'UpdateMessageInteractionCallbackRequest',
  'ApplicationCommandAutocompleteCallbackRequest',
  'ModalInteractionCallbackRequest',
];

export type JudgedPart = 'request' | 'response' | 'error' | 'rateLimit' | 'schema';

/**
 * @param name `METHOD /route`, or with 'schema' a schema's name
 * @returns undefined where the package says nothing
 */
export function packagedSchema(name: string, part: JudgedPart) {
  const schema = find(name, part);
  if (!schema) return undefined;
  return (value: unknown): string[] => {
    const result = schema.safeParse(value);
    if (result.success) return [];
    return result.error.issues.map((issue) => `/${issue.path.join('/')} ${issue.message}`);
  };
}

function find(name: string, part: JudgedPart): z.ZodType | undefined {
  if (part === 'error') return named('ErrorResponse');
  if (part === 'rateLimit') return named('RatelimitedResponse');
  if (part === 'schema') return named(name);
  if (name === callback && part === 'request') return z.union(callbackRequests.map(named));
  const schemaName = byRoute[name]?.[part];
  if (schemaName === undefined) return undefined;
  const schema = named(schemaName);
  return byRoute[name]?.isList ? z.array(schema) : schema;
}

function named(name: string): z.ZodType {
  const schema = schemas[`${name}Schema`];
  if (!schema) throw new TypeError(`discord-api-spec has no schema ${name}`);
  return schema;
}
