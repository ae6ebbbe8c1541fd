import type { ResponseParameters } from 'grammy/types';

/** A refusal in the Bot API's own shape; `description` is the text that the real server sends. */
export class ApiError extends Error {
  readonly code: number;
  readonly description: string;
  readonly parameters: ResponseParameters | undefined;

  constructor(code: number, description: string, parameters?: ResponseParameters) {
    super(`${code}: ${description}`);
    this.name = 'ApiError';
    this.code = code;
    this.description = description;
    this.parameters = parameters;
  }
}

export function badRequest(reason: string): ApiError {
  return new ApiError(400, `Bad Request: ${reason}`);
}

export function forbidden(reason: string): ApiError {
  return new ApiError(403, `Forbidden: ${reason}`);
}

export function conflict(reason: string): ApiError {
  return new ApiError(409, `Conflict: ${reason}`);
}

export function tooManyRequests(retryAfterSeconds: number): ApiError {
  return new ApiError(429, `Too Many Requests: retry after ${retryAfterSeconds}`, {
    retry_after: retryAfterSeconds,
  });
}

/** A group that is a supergroup now. */
export function upgraded(chatId: number): ApiError {
  const description = 'Bad Request: group chat was upgraded to a supergroup chat';
  return new ApiError(400, description, { migrate_to_chat_id: chatId });
}

export const unauthorized = new ApiError(401, 'Unauthorized');
export const notFound = new ApiError(404, 'Not Found');
export const requestTooLarge = new ApiError(413, 'Request Entity Too Large');
