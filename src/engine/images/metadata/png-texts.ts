import { crc32 } from 'node:zlib';
import { type FilePieces, inRuns } from '../file-pieces.js';
import { pngChunks, pngSignatureLength } from '../png-chunks.js';
import { readExif, writeExif } from './exif.js';
import type { ImageTexts } from './image-texts.js';

/** A text beyond that is not ours. */
const maxTextLength = 256 * 1024;
const texts = new Set(['tEXt', 'zTXt', 'iTXt', 'tIME']);

/**
 * The same PNG, its pixels untouched, with these texts before its pixels and no others. What a
 * backend wrote goes: ComfyUI's own texts hold whole workflows, with paths and whatever is in them.
 */
export function writePngTexts(file: Buffer, wanted: ImageTexts | undefined): FilePieces {
  const chunks = [...pngChunks(file)];
  const [header, ...rest] = chunks;
  if (header?.type !== 'IHDR' || rest.at(-1)?.type !== 'IEND') return [file];
  const ours = wanted
    ? [textChunk('parameters', wanted.parameters), textChunk('easel', wanted.easel)]
    : [];
  const kept = rest.flatMap((chunk) => {
    if (texts.has(chunk.type)) return [];
    return chunk.type === 'eXIf' ? orientationIn(chunk.data) : [chunk.whole];
  });
  return inRuns([file.subarray(0, pngSignatureLength), header.whole, ...ours, ...kept]);
}

export function readPngTexts(file: Buffer): Partial<ImageTexts> {
  let found: Partial<ImageTexts> = {};
  for (const { type, data } of pngChunks(file)) {
    if ((type !== 'tEXt' && type !== 'iTXt') || data.length > maxTextLength) continue;
    const end = data.indexOf(0);
    const keyword = data.toString('latin1', 0, Math.max(0, end));
    if (keyword !== 'parameters' && keyword !== 'easel') continue;
    const text = type === 'tEXt' ? data.toString('latin1', end + 1) : internationalText(data, end);
    if (text !== undefined) found = { ...found, [keyword]: text };
  }
  return found;
}

/** `tEXt` for ASCII, as every reader knows that; else `iTXt`: not all take `tEXt` for Latin-1. */
function textChunk(keyword: string, text: string): Buffer {
  const key = Buffer.from(`${keyword}\0`, 'latin1');
  return /^[\n\x20-\x7e]*$/.test(text)
    ? chunkOf('tEXt', Buffer.concat([key, Buffer.from(text, 'latin1')]))
    : chunkOf('iTXt', Buffer.concat([key, Buffer.alloc(4), Buffer.from(text, 'utf8')]));
}

/** After the keyword: compressed or not, how, a language and the keyword in it, both zero-ended. */
function internationalText(data: Buffer, keywordEnd: number): string | undefined {
  if (data[keywordEnd + 1] !== 0) return undefined;
  const language = data.indexOf(0, keywordEnd + 3);
  const translated = language < 0 ? -1 : data.indexOf(0, language + 1);
  return translated < 0 ? undefined : data.toString('utf8', translated + 1);
}

function orientationIn(exif: Buffer): Buffer[] {
  const { orientation = 1 } = readExif(exif);
  return orientation === 1 ? [] : [chunkOf('eXIf', writeExif({ orientation }))];
}

function chunkOf(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
