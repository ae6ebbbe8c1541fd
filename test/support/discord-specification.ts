import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { packagedSchema } from './discord-packaged-schemas.js';

/**
 * Discord's own specification as a judge of what a bot sends and what the playground answers.
 * Its OpenAPI document is read from `../shared/specs`; the npm package's schemas, which cover the
 * routes of a bot, judge in any clone.
 */
export interface DiscordExchange {
  method: string;
  /** The route's template, as the specification writes it. */
  route: string;
  status: number | undefined;
  contentType: string | undefined;
  requestBody: unknown;
  responseBody: unknown;
}

export interface DiscordEvent {
  name: string;
  data: Record<string, unknown>;
}

type Json = Record<string, unknown>;
type Verdict = (value: unknown) => string[];

const documentPath = fileURLToPath(
  new URL('../../../shared/specs/discord-openapi.json', import.meta.url),
);

/** False in a clone without the document: then name the tests that are skipped for it. */
export const hasDiscordDocument = existsSync(documentPath);

/** @returns what the specification finds wrong, in words; empty for a lawful exchange */
export function judgeDiscordExchange(exchange: DiscordExchange): string[] {
  const name = `${exchange.method} ${exchange.route}`;
  const { status } = exchange;
  const violations: string[] = [];
  const isAccepted = status !== undefined && status < 300;
  const judge = (what: string, pointer: Verdict | undefined, value: unknown) => {
    for (const problem of pointer?.(value) ?? []) violations.push(`${name} ${what}: ${problem}`);
  };
  if (isAccepted && !isKnownRoute(exchange)) return [`${name}: no such route`];
  // A refused request may be anything; what the platform takes must be lawful.
  if (isAccepted && exchange.requestBody !== undefined) {
    const request = asSpecified(exchange.requestBody);
    judge('request', requestVerdict(exchange), request);
    judge('request (package)', packagedSchema(name, 'request'), request);
  }
  if (status !== undefined && exchange.responseBody !== undefined && status < 500) {
    const response = asSpecified(exchange.responseBody);
    judge(`response ${status}`, responseVerdict(exchange), response);
    const part = status < 300 ? 'response' : status === 429 ? 'rateLimit' : 'error';
    judge(`response ${status} (package)`, packagedSchema(name, part), response);
  }
  return violations;
}

/** Judges the parts of a gateway event that the specification describes. */
export function judgeDiscordEvent({ name, data }: DiscordEvent): string[] {
  return partsOf(name, data).flatMap(({ schema, value, place }) =>
    [componentVerdict(schema), packagedSchema(schema, 'schema')].flatMap((verdict) =>
      (verdict?.(asSpecified(value)) ?? []).map((problem) => `${name} ${place}: ${problem}`),
    ),
  );
}

interface Part {
  schema: string;
  value: unknown;
  place: string;
}

function partsOf(name: string, data: Json): Part[] {
  if (name === 'MESSAGE_CREATE' || name === 'MESSAGE_UPDATE') {
    return [{ schema: 'MessageResponse', value: data, place: 'message' }];
  }
  if (name === 'READY') return [{ schema: 'UserPIIResponse', value: data.user, place: 'user' }];
  if (name === 'GUILD_CREATE') return guildParts(data);
  if (name !== 'INTERACTION_CREATE') return [];
  const member = data.member as { user?: unknown } | undefined;
  const inner = data.data as { resolved?: Record<string, Json> };
  const single: [string, unknown, string][] = [
    ['UserResponse', data.user ?? member?.user, 'user'],
    ['GuildMemberResponse', data.member, 'member'],
    ['MessageResponse', data.message, 'message'],
  ];
  const groups: [string, string][] = [
    ['attachments', 'MessageAttachmentResponse'],
    ['messages', 'MessageResponse'],
    ['users', 'UserResponse'],
    ['roles', 'GuildRoleResponse'],
  ];
  const resolved = groups.flatMap(([group, schema]) =>
    Object.entries(inner.resolved?.[group] ?? {}).map(([id, value]): [string, unknown, string] => [
      schema,
      value,
      `resolved.${group}.${id}`,
    ]),
  );
  return [...single, ...resolved]
    .filter(([, value]) => value !== undefined)
    .map(([schema, value, place]) => ({ schema, value, place }));
}

function guildParts(guild: Json): Part[] {
  const lists: [string, string][] = [
    ['channels', 'GuildChannelResponse'],
    ['members', 'GuildMemberResponse'],
  ];
  const listed = lists.flatMap(([list, schema]) =>
    (guild[list] as unknown[]).map((value, index) => ({
      schema,
      value,
      place: `${list}/${index}`,
    })),
  );
  return [{ schema: 'GuildResponse', value: guild, place: 'guild' }, ...listed];
}

/**
 * Two places where the document and the platform differ, by Discord's own documentation:
 * permissions are sent as a string of digits, and the codes inside `errors` are words.
 */
function asSpecified(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asSpecified);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    if (key === 'errors') return [];
    const isPermissions = key === 'default_member_permissions' && !('version' in value);
    if (isPermissions && typeof inner === 'string') return [[key, Number(inner)]];
    return [[key, asSpecified(inner)]];
  });
  return Object.fromEntries(entries);
}

let loaded: { ajv: Ajv2020; paths: Record<string, Json> } | undefined;

function specification() {
  if (!hasDiscordDocument) return undefined;
  if (loaded) return loaded;
  const document = JSON.parse(readFileSync(documentPath, 'utf8'));
  const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: false });
  const integer = (bits: number) => ({
    type: 'number' as const,
    validate: (value: number) => Number.isInteger(value) && Math.abs(value) < 2 ** bits,
  });
  ajv.addFormat('snowflake', /^\d{1,20}$/);
  ajv.addFormat('nonce', /^.{1,25}$/s);
  ajv.addFormat('int32', integer(31));
  ajv.addFormat('int64', integer(63));
  ajv.addFormat('double', { type: 'number', validate: Number.isFinite });
  ajv.addFormat('binary', true);
  ajv.addFormat('uri', { validate: (value: string) => URL.canParse(value) });
  ajv.addFormat('date-time', {
    validate: (value: string) =>
      /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value)),
  });
  ajv.addSchema(document, 'discord');
  loaded = { ajv, paths: document.paths };
  return loaded;
}

function isKnownRoute({ method, route }: DiscordExchange): boolean {
  const paths = specification()?.paths;
  return paths === undefined || paths[route]?.[method.toLowerCase()] !== undefined;
}

function requestVerdict({ method, route, contentType }: DiscordExchange): Verdict | undefined {
  const type = contentType?.split(';')[0] ?? 'application/json';
  const operation = ['paths', route, method.toLowerCase()];
  return verdictAt([...operation, 'requestBody', 'content', type, 'schema']);
}

function responseVerdict({ method, route, status = 0 }: DiscordExchange): Verdict | undefined {
  if (status >= 400) {
    return componentVerdict(status === 429 ? 'RatelimitedResponse' : 'ErrorResponse');
  }
  const operation = ['paths', route, method.toLowerCase()];
  const response = [...operation, 'responses', String(status), 'content'];
  return verdictAt([...response, 'application/json', 'schema']);
}

function componentVerdict(name: string): Verdict | undefined {
  return verdictAt(['components', 'schemas', name]);
}

const compiled = new Map<string, ValidateFunction>();

/** @returns undefined without the document */
function verdictAt(path: readonly string[]): Verdict | undefined {
  const ajv = specification()?.ajv;
  if (!ajv) return undefined;
  const escaped = (step: string) => step.replaceAll('~', '~0').replaceAll('/', '~1');
  const pointer = `discord#/${path.map((step) => encodeURIComponent(escaped(step))).join('/')}`;
  const isDescribed = ajv.getSchema(pointer) !== undefined;
  if (!isDescribed) return () => [`the specification does not describe ${path.join(' ')}`];
  const validate = compiled.get(pointer) ?? ajv.compile({ $ref: pointer });
  compiled.set(pointer, validate);
  return (value) => {
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}
