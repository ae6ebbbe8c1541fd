/**
 * What the platform answers when it refuses.
 * Codes: https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
 */
export class DiscordError extends Error {
  readonly status: number;
  readonly code: number;
  readonly errors: Record<string, unknown> | undefined;
  /** Where waiting helps: how long. */
  readonly retryAfterMs: number | undefined;

  constructor(
    status: number,
    code: number,
    message: string,
    details: { errors?: Record<string, unknown>; retryAfterMs?: number } = {},
  ) {
    super(message);
    this.name = 'DiscordError';
    this.status = status;
    this.code = code;
    this.errors = details.errors;
    this.retryAfterMs = details.retryAfterMs;
  }

  toBody(): Record<string, unknown> {
    return {
      message: this.message,
      code: this.code,
      ...(this.errors ? { errors: this.errors } : {}),
      ...(this.retryAfterMs === undefined
        ? {}
        : { retry_after: this.retryAfterMs / 1000, global: false }),
    };
  }
}

const kinds = {
  notFound: [404, 0, '404: Not Found'],
  methodNotAllowed: [405, 0, '405: Method Not Allowed'],
  unauthorized: [401, 0, '401: Unauthorized'],
  unknownApplication: [404, 10002, 'Unknown Application'],
  unknownChannel: [404, 10003, 'Unknown Channel'],
  unknownGuild: [404, 10004, 'Unknown Guild'],
  unknownMember: [404, 10007, 'Unknown Member'],
  unknownMessage: [404, 10008, 'Unknown Message'],
  unknownRole: [404, 10011, 'Unknown Role'],
  unknownUser: [404, 10013, 'Unknown User'],
  unknownWebhook: [404, 10015, 'Unknown Webhook'],
  unknownInteraction: [404, 10062, 'Unknown interaction'],
  unknownCommand: [404, 10063, 'Unknown application command'],
  tooManyAttachments: [400, 30015, 'Maximum number of attachments in a message reached (10)'],
  entityTooLarge: [413, 40005, 'Request entity too large'],
  alreadyAcknowledged: [400, 40060, 'Interaction has already been acknowledged.'],
  tooManyFollowUps: [
    400,
    40094,
    'This interaction has reached the maximum number of follow up messages',
  ],
  missingAccess: [403, 50001, 'Missing Access'],
  notTheAuthor: [403, 50005, 'Cannot edit a message authored by another user'],
  emptyMessage: [400, 50006, 'Cannot send an empty message'],
  cannotMessageUser: [403, 50007, 'Cannot send messages to this user'],
  missingPermissions: [403, 50013, 'Missing Permissions'],
  invalidWebhookToken: [401, 50027, 'Invalid Webhook Token'],
  threadArchived: [400, 50083, 'Thread is archived'],
  noReplyWithoutHistory: [
    403,
    160002,
    'You cannot reply without permission to read message history',
  ],
  threadLocked: [400, 160005, 'Thread is locked'],
  invalidJson: [400, 50109, 'The request body contains invalid JSON.'],
} as const satisfies Record<string, readonly [number, number, string]>;

export function refusal(kind: keyof typeof kinds): DiscordError {
  const [status, code, message] = kinds[kind];
  return new DiscordError(status, code, message);
}

export type FieldPath = readonly (string | number)[];

interface FieldProblem {
  path: FieldPath;
  code: string;
  message: string;
}

/** Gathers what is wrong with a body, field by field, into one 50035. */
export class FormProblems {
  private readonly found: FieldProblem[] = [];
  private readonly prefix: FieldPath;

  constructor(prefix: FieldPath = []) {
    this.prefix = prefix;
  }

  add(path: FieldPath, code: string, message: string): void {
    this.found.push({ path: [...this.prefix, ...path], code, message });
  }

  /** @throws DiscordError 400/50035 with every problem at its field, when there is one. */
  throwIfAny(): void {
    if (this.found.length === 0) return;
    throw new DiscordError(400, 50035, 'Invalid Form Body', { errors: nest(this.found) });
  }
}

export function invalidField(path: FieldPath, code: string, message: string): DiscordError {
  return new DiscordError(400, 50035, 'Invalid Form Body', {
    errors: nest([{ path, code, message }]),
  });
}

function nest(problems: FieldProblem[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { path, code, message } of problems) {
    let place = root;
    for (const step of path) {
      const inner = (place[step] ?? {}) as Record<string, unknown>;
      place[step] = inner;
      place = inner;
    }
    const list = (place._errors ?? []) as unknown[];
    place._errors = [...list, { code, message }];
  }
  return root;
}
