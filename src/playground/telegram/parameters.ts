import { badRequest } from './api-error.js';
import type { RequestContent, UploadedFile } from './request-body.js';

/** A method's parameters, read as the types that the Bot API gives them. */
export interface Parameters {
  text(name: string): string | undefined;
  /** Throws 400 for anything but a whole number, as a number or as text. */
  integer(name: string): number | undefined;
  boolean(name: string): boolean;
  /** An object or array, given as such or as JSON text. */
  structure(name: string): unknown;
  /** The upload which a form part of this name holds. */
  upload(partName: string): UploadedFile | undefined;
}

export function readParameters(content: RequestContent): Parameters {
  const value = (name: string) => content.parameters[name] ?? undefined;

  function text(name: string): string | undefined {
    const given = value(name);
    if (given === undefined || typeof given === 'string') return given;
    if (typeof given === 'number' || typeof given === 'boolean') return String(given);
    throw badRequest(`parameter "${name}" must be of type String`);
  }

  function integer(name: string): number | undefined {
    const given = text(name);
    if (given === undefined || given === '') return undefined;
    const number = Number(given);
    if (!Number.isSafeInteger(number)) throw badRequest(`invalid ${name} specified`);
    return number;
  }

  function structure(name: string): unknown {
    const given = value(name);
    if (typeof given !== 'string') return given;
    if (given === '') return undefined;
    try {
      return JSON.parse(given);
    } catch {
      throw badRequest(`can't parse ${name} JSON object`);
    }
  }

  return {
    text,
    integer,
    boolean: (name) => ['true', 'yes', '1'].includes((text(name) ?? '').toLowerCase()),
    structure,
    upload: (partName) => content.files.get(partName),
  };
}

/** Narrows parsed JSON to an object with unknown members. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
