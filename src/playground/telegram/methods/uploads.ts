import type { Document, PhotoSize } from 'grammy/types';
import { badRequest, requestTooLarge } from '../api-error.js';
import { mediaTypeOf, type StoredFile } from '../file-store.js';
import type { Parameters } from '../parameters.js';
import { storeUploadedPhoto } from '../photo-sizes.js';
import type { UploadedFile } from '../request-body.js';
import type { World } from '../world.js';

const maxDocumentBytes = 50 * 1024 * 1024;

type Source =
  | { readonly kind: 'upload'; readonly upload: UploadedFile }
  | { readonly kind: 'stored'; readonly file: StoredFile };

/** The file of a parameter of its own, such as `photo` of sendPhoto. */
export function readFileParameter(world: World, parameters: Parameters, name: string): Source {
  const upload = parameters.upload(name);
  if (upload) return { kind: 'upload', upload };
  const value = parameters.text(name);
  if (!value) throw badRequest(`there is no ${name} in the request`);
  return readReference(world, parameters, value, `there is no ${name} in the request`);
}

/** The file which the `media` of an InputMedia names. */
export function readMediaReference(world: World, parameters: Parameters, value: unknown): Source {
  const missing = "can't parse InputMedia: media not found";
  if (typeof value !== 'string' || value === '') throw badRequest(missing);
  return readReference(world, parameters, value, missing);
}

function readReference(
  world: World,
  parameters: Parameters,
  value: string,
  missing: string,
): Source {
  if (value.startsWith('attach://')) {
    const upload = parameters.upload(value.slice('attach://'.length));
    if (!upload) throw badRequest(missing);
    return { kind: 'upload', upload };
  }
  // Telegram takes whatever has a dot for an address; nothing is fetched from outside here.
  if (value.includes('.')) throw badRequest('failed to get HTTP URL content');
  const file = world.files.get(value);
  if (!file) throw badRequest('wrong remote file identifier specified: Wrong string length');
  return { kind: 'stored', file };
}

export async function makePhoto(world: World, source: Source): Promise<PhotoSize[]> {
  if (source.kind === 'upload') return storeUploadedPhoto(source.upload.bytes, world.files);
  const sizes = world.files.photoOf(source.file.fileId);
  if (!sizes) throw badRequest("can't use file of type Document as Photo");
  return sizes;
}

export function makeDocument(world: World, source: Source): Document {
  if (source.kind === 'stored') {
    if (source.file.kind !== 'document') {
      throw badRequest("can't use file of type Photo as Document");
    }
    return renderDocument(source.file);
  }
  const { name, bytes } = source.upload;
  if (bytes.length === 0) throw badRequest('file must be non-empty');
  if (bytes.length > maxDocumentBytes) throw requestTooLarge;
  return storeDocument(world, name, bytes);
}

export function storeDocument(world: World, name: string, bytes: Buffer): Document {
  // Only the last part of a path is a name.
  const base = name.split(/[/\\]/).at(-1) ?? name;
  const mediaType = mediaTypeOf(base);
  return renderDocument(world.files.add({ kind: 'document', bytes, name: base, mediaType }));
}

function renderDocument(file: StoredFile): Document {
  return {
    file_id: file.fileId,
    file_unique_id: file.fileUniqueId,
    ...(file.name !== undefined && { file_name: file.name }),
    ...(file.mediaType !== undefined && { mime_type: file.mediaType }),
    file_size: file.bytes.length,
  };
}
