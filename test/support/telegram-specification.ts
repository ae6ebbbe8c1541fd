/**
 * The judge of everything that goes over Telegram's wire: the official Bot API specification, read
 * from `../shared/specs` beside the project. Where that is missing, tests that need it are skipped
 * by name: `describe.skipIf(!hasTelegramSpecification)('…')`.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Update } from 'grammy/types';
import type { Exchange } from '../../src/playground/telegram/index.js';

interface Field {
  readonly name: string;
  readonly types: readonly string[];
  readonly required: boolean;
  readonly description: string;
}

interface Specification {
  readonly methods: Readonly<
    Record<string, { readonly returns: readonly string[]; readonly fields?: readonly Field[] }>
  >;
  readonly types: Readonly<
    Record<string, { readonly fields?: readonly Field[]; readonly subtypes?: readonly string[] }>
  >;
}

const file = new URL('../../../shared/specs/telegram-bot-api.json', import.meta.url);

export const hasTelegramSpecification = existsSync(file);

let loaded: Specification | undefined;

function specification(): Specification {
  loaded ??= JSON.parse(readFileSync(file, 'utf8')) as Specification;
  return loaded;
}

/** What the specification has against a request and its answer; empty when nothing. */
export function judgeTelegramExchange(exchange: Exchange): string[] {
  const { method, answer, status } = exchange;
  const specified = specification().methods[method];
  if (!specified) return [`${method}: no such method`];
  const violations = [...judgeRequest(exchange, specified.fields ?? []), ...judgeUploads(exchange)];
  if (answer === undefined || status === undefined) return violations;
  if (answer.ok) {
    violations.push(
      ...judgeMembers(answer, ['ok', 'result'], `${method} answer`),
      ...judge(answer.result, specified.returns, `${method} result`),
    );
    if (status !== 200) violations.push(`${method}: a result with status ${status}`);
    return violations;
  }
  const { error_code, description, parameters } = answer;
  violations.push(
    ...judgeMembers(answer, ['ok', 'error_code', 'description', 'parameters'], `${method} refusal`),
    ...judge(error_code, ['Integer'], `${method} error_code`),
    ...judge(description, ['String'], `${method} description`),
  );
  if (parameters)
    violations.push(...judge(parameters, ['ResponseParameters'], `${method} parameters`));
  if (status !== error_code) violations.push(`${method}: error ${error_code}, status ${status}`);
  return violations;
}

/** What the specification has against an update; empty when nothing. */
export function judgeTelegramUpdate(update: Update): string[] {
  const violations = judge(update, ['Update'], 'Update');
  const kinds = Object.keys(update).length - 1;
  if (kinds !== 1) violations.push(`Update ${update.update_id}: ${kinds} kinds at once`);
  return violations;
}

/** Judges a playground from now on; the list grows with every violation. */
export function watchTelegram(events: {
  on(event: 'request', listener: (exchange: Exchange) => void): unknown;
  on(event: 'update', listener: (update: Update) => void): unknown;
}): readonly string[] {
  const violations: string[] = [];
  events.on('request', (exchange) => violations.push(...judgeTelegramExchange(exchange)));
  events.on('update', (update) => violations.push(...judgeTelegramUpdate(update)));
  return violations;
}

function judgeRequest(exchange: Exchange, fields: readonly Field[]): string[] {
  const { method, parameters, files, encoding } = exchange;
  const violations = Object.keys(parameters)
    .filter((name) => !fields.some((field) => field.name === name))
    .map((name) => `${method}.${name}: no such parameter`);
  for (const { name, types, required } of fields) {
    const value = parameters[name];
    if (value === undefined && name in files) {
      if (!types.includes('InputFile')) violations.push(`${method}.${name}: takes no upload`);
    } else if (value === undefined) {
      if (required) violations.push(`${method}.${name}: missing`);
    } else {
      const decoded = encoding === 'json' ? value : decode(value, types);
      violations.push(...judge(decoded, types, `${method}.${name}`));
    }
  }
  return violations;
}

/** Forms and queries carry text; numbers, booleans and structures are written as JSON in it. */
function decode(value: unknown, types: readonly string[]): unknown {
  if (typeof value !== 'string' || types.includes('String')) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** Every upload is referred to, and every reference has its upload. */
function judgeUploads({ method, parameters, files }: Exchange): string[] {
  const referred = new Set(
    [...JSON.stringify(parameters).matchAll(/attach:\/\/([^"\\]+)/g)].map(([, name]) => name ?? ''),
  );
  const fields = specification().methods[method]?.fields ?? [];
  return [
    ...[...referred]
      .filter((name) => !(name in files))
      .map((name) => `${method}: attach://${name} was not uploaded`),
    ...Object.keys(files)
      .filter((name) => !referred.has(name) && !fields.some((field) => field.name === name))
      .map((name) => `${method}: nothing refers to the upload ${name}`),
  ];
}

/** The violations under whichever of the types fits best. */
function judge(value: unknown, types: readonly string[], path: string): string[] {
  // `Array of A` or `Array of B` means that each item is one of them, as in an album.
  if (Array.isArray(value) && types.every((type) => type.startsWith(arrayOf))) {
    const items = types.map((type) => type.slice(arrayOf.length));
    return value.flatMap((member, index) => judge(member, items, `${path}[${index}]`));
  }
  const subtypes = types.flatMap((type) => specification().types[type]?.subtypes ?? [type]);
  const telling = subtypes.filter((type) => isOfKind(value, type));
  let best: string[] | undefined;
  for (const type of telling.length > 0 ? telling : subtypes) {
    const violations = judgeAs(value, type, path);
    if (!best || violations.length < best.length) best = violations;
    if (best.length === 0) return best;
  }
  return best ?? [];
}

const arrayOf = 'Array of ';

/** Whether the member that tells subtypes apart says that the value is of this one. */
function isOfKind(value: unknown, type: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const members = value as Readonly<Record<string, unknown>>;
  return (specification().types[type]?.fields ?? []).some((field) => {
    const literal = literalOf(field);
    return literal !== undefined && members[field.name] === literal;
  });
}

const primitives: Readonly<Record<string, (value: unknown) => boolean>> = {
  Integer: Number.isSafeInteger,
  Float: (value) => typeof value === 'number',
  String: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  InputFile: (value) => typeof value === 'string' && value.startsWith('attach://'),
};

function judgeAs(value: unknown, type: string, path: string): string[] {
  if (type.startsWith(arrayOf)) {
    if (Array.isArray(value)) return judge(value, [type], path);
    return [`${path}: ${JSON.stringify(value)} is no ${type}`];
  }
  const fits = primitives[type];
  if (fits) return fits(value) ? [] : [`${path}: ${JSON.stringify(value)} is no ${type}`];
  const specified = specification().types[type];
  if (!specified) return [`${path}: the specification has no type ${type}`];
  return judgeObject(value, type, specified.fields ?? [], path);
}

function judgeObject(
  value: unknown,
  type: string,
  fields: readonly Field[],
  path: string,
): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${path}: ${JSON.stringify(value)} is no ${type}`];
  }
  const members = value as Readonly<Record<string, unknown>>;
  const violations = judgeMembers(
    members,
    fields.map(({ name }) => name),
    `${path} (${type})`,
  );
  for (const field of fields) {
    const member = members[field.name];
    const literal = literalOf(field);
    if (member === undefined) {
      if (field.required) violations.push(`${path}.${field.name}: missing in ${type}`);
    } else if (literal !== undefined && member !== literal) {
      violations.push(`${path}.${field.name}: is not "${literal}"`);
    } else {
      violations.push(...judge(member, field.types, `${path}.${field.name}`));
    }
  }
  return violations;
}

/** The one value that a subtype's telling field has, such as the `status` of a ChatMember. */
function literalOf({ name, description }: Field): string | undefined {
  if (!['type', 'status', 'source'].includes(name)) return undefined;
  return /(?:always|must be) ["“*]?(\w+)["”*]?\.?$/.exec(description)?.[1];
}

function judgeMembers(value: object, names: readonly string[], path: string): string[] {
  return Object.keys(value)
    .filter((name) => !names.includes(name))
    .map((name) => `${path}: unknown member ${name}`);
}
