import { BackendError } from '../backend-error.js';
import {
  fromStatus,
  misconfigured,
  type RefusedCall,
  tellsOfMemory,
  tooLargeForMemory,
} from '../service/service-errors.js';
import { excerpt, plain, plainName } from '../service/service-text.js';
import { failure } from './a1111-answers.js';

/** What the web UI can say becomes a class of ours here; what any service can, in `http/`. */

export const service = { name: 'AUTOMATIC1111', paid: false } as const;

/** An answer with a status other than 2xx. */
export function fromRefusal(refused: RefusedCall): BackendError {
  const { call, status, body } = refused;
  const said = reasonIn(body);
  const message = `${service.name}: ${call} was answered ${status}: ${excerpt(said ?? body)}`;
  if (said !== undefined && tellsOfMemory(said)) return tooLargeForMemory(message);
  // Without `--api` none of the calls is there; with it, 404 names what is not.
  if (status === 404 && (said === undefined || said === 'Not Found')) {
    return misconfigured(message, `does not know ${call}: was it started with --api?`);
  }
  const isOurFault = [400, 404, 422].includes(status) || invalidImage.test(said ?? '');
  if (isOurFault) {
    return new BackendError(message, {
      kind: 'invalid-request',
      retryable: false,
      userText: said
        ? `the image server refuses it: ${plain(said)}`
        : 'the image server refuses it',
      operatorText: message,
    });
  }
  return fromStatus({ ...refused, body: said ?? body }, service);
}

const invalidImage = /invalid (encoded image|image url)|cannot identify image/i;

function reasonIn(body: string): string | undefined {
  try {
    const { error, errors, detail } = failure.parse(JSON.parse(body));
    return [error, detail, errors].filter(Boolean).join(': ') || undefined;
  } catch {
    // Not JSON: a proxy's page, or a plain 500.
    return undefined;
  }
}

export function missingCheckpoint(name: string): BackendError {
  return new BackendError(`checkpoint ${JSON.stringify(name)} is not installed`, {
    kind: 'invalid-request',
    retryable: false,
    userText: `"${plainName(name)}" is not installed on the image server`,
    operatorText: `checkpoint "${name}" is not installed`,
  });
}

export function noCheckpoint(): BackendError {
  return misconfigured(`${service.name} lists no checkpoint`, 'has no checkpoint installed');
}

export function noImages(): BackendError {
  return new BackendError(`${service.name} answered without an image`, {
    kind: 'transient',
    retryable: true,
    maxRetries: 1,
  });
}
