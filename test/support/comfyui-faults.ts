import type { IncomingMessage, ServerResponse } from 'node:http';

/** How one call goes wrong. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Record<string, string>;
    }
  /** The connection breaks before the server acts, or after. */
  | { readonly kind: 'reset-before' | 'reset-after' }
  /** Nothing is answered: the server has not acted, or has. */
  | { readonly kind: 'hang' | 'hang-after' }
  /** The server acts, and is late with its answer until `letGo`. */
  | { readonly kind: 'hold' }
  /** The server acts, and something between answers in its place. */
  | { readonly kind: 'replace'; readonly status: number }
  /** Headers and a first byte, and nothing more. */
  | { readonly kind: 'hang-in-body' }
  | { readonly kind: 'endless' }
  | { readonly kind: 'body'; readonly contentType: string; readonly body: string | Buffer }
  /** The first half of what would have been answered, said to be the whole. */
  | { readonly kind: 'half' }
  /** A whole answer of JSON, with the first half of each image in it. */
  | { readonly kind: 'half-images' };

/** A graph that the server refuses for good, in its own words. */
export const refusedGraph: Fault = {
  kind: 'status',
  status: 400,
  body: JSON.stringify({
    error: { type: 'prompt_no_outputs', message: 'Prompt has no outputs', details: '' },
    node_errors: {},
  }),
};

export interface FaultRule {
  /** E.g. `POST /prompt`; a call whose method and path begin so. */
  readonly call: string;
  readonly fault: Fault;
  times: number;
  /** Whether it strikes this call; any, where absent. */
  readonly when?: (body: Buffer) => boolean;
}

/** Takes the rule's turn, if there is one for the call. */
export function nextFault(
  rules: FaultRule[],
  method: string,
  path: string,
  body: Buffer,
): Fault | undefined {
  const rule = rules.find(
    ({ times, call, when }) =>
      times > 0 && `${method} ${path}`.startsWith(call) && (when?.(body) ?? true),
  );
  if (rule !== undefined) rule.times--;
  return rule?.fault;
}

/** Answers in the server's place, or resolves to false where the server is to act first. */
export function commitFault(
  fault: Fault,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  switch (fault.kind) {
    case 'status':
      response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
      return true;
    case 'body':
      response.writeHead(200, { 'content-type': fault.contentType }).end(fault.body);
      return true;
    case 'reset-before':
      request.socket.resetAndDestroy();
      return true;
    case 'hang':
      return true;
    case 'hang-in-body':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{');
      return true;
    case 'endless': {
      response.writeHead(200, { 'content-type': 'image/png' });
      const piece = Buffer.alloc(64 * 1024, 0x20);
      const pour = () => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', pour);
      pour();
      return true;
    }
    case 'reset-after':
    case 'hang-after':
    case 'hold':
    case 'replace':
    case 'half':
    case 'half-images':
      return false;
  }
}

/** What of a server's whole answer leaves it. */
export function cutShort(fault: Fault | undefined, whole: Buffer): Buffer {
  if (fault?.kind === 'half') return whole.subarray(0, whole.length >> 1);
  if (fault?.kind !== 'half-images') return whole;
  const halved = whole
    .toString('latin1')
    .replace(/"([A-Za-z0-9+/]{200,}={0,2})"/g, (_, base64: string) => {
      const image = Buffer.from(base64, 'base64');
      return JSON.stringify(image.subarray(0, image.length >> 1).toString('base64'));
    });
  return Buffer.from(halved, 'latin1');
}
