import { z } from 'zod';

/** What the socket tells. `promptId` is absent where old versions, or type 1 frames, leave it out. */
export type Frame =
  | { readonly type: 'started'; readonly promptId: string | undefined }
  | { readonly type: 'cached'; readonly promptId: string | undefined; readonly nodes: string[] }
  | { readonly type: 'executing'; readonly promptId: string | undefined; readonly node: string }
  /** History is complete from here on, and not before (`executing` without a node). */
  | { readonly type: 'finished'; readonly promptId: string }
  | {
      readonly type: 'nodes';
      readonly promptId: string;
      /** 0 to 1 by node, of those that began. */
      readonly done: ReadonlyMap<string, number>;
    }
  | {
      readonly type: 'step';
      readonly promptId: string | undefined;
      readonly node: string | undefined;
      readonly done: number;
    }
  | {
      readonly type: 'preview';
      readonly promptId: string | undefined;
      readonly bytes: Uint8Array;
      readonly mediaType: string;
    };

const share = (value: number, max: number) => (max > 0 ? Math.min(1, Math.max(0, value / max)) : 0);
const promptId = z.string().optional();

const nodeState = z
  .object({ value: z.number(), max: z.number(), state: z.string().optional() })
  .transform(({ value, max, state }) => (state === 'finished' ? 1 : share(value, max)));

const textFrames = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('execution_start'),
    data: z.object({ prompt_id: promptId }),
  }),
  z.object({
    type: z.literal('execution_cached'),
    data: z.object({ prompt_id: promptId, nodes: z.array(z.string()) }),
  }),
  z.object({
    type: z.literal('executing'),
    data: z.object({ prompt_id: promptId, node: z.string().nullable() }),
  }),
  z.object({
    type: z.literal('progress_state'),
    data: z.object({ prompt_id: z.string(), nodes: z.record(z.string(), nodeState) }),
  }),
  z.object({
    type: z.literal('progress'),
    data: z.object({
      prompt_id: promptId,
      node: z.string().nullish(),
      value: z.number(),
      max: z.number(),
    }),
  }),
]);

/** Undefined for the frames that say nothing about a run, and for those that we cannot read. */
export function readTextFrame(text: string): Frame | undefined {
  const { success, data: frame } = textFrames.safeParse(jsonIn(text));
  if (!success) return undefined;
  const { data } = frame;
  switch (frame.type) {
    case 'execution_start':
      return { type: 'started', promptId: data.prompt_id };
    case 'execution_cached':
      return { type: 'cached', promptId: data.prompt_id, nodes: frame.data.nodes };
    case 'executing': {
      const { node, prompt_id } = frame.data;
      if (node !== null) return { type: 'executing', promptId: prompt_id, node };
      return prompt_id === undefined ? undefined : { type: 'finished', promptId: prompt_id };
    }
    case 'progress_state': {
      const done = new Map(Object.entries(frame.data.nodes));
      return { type: 'nodes', promptId: frame.data.prompt_id, done };
    }
    case 'progress': {
      const { prompt_id, node, value, max } = frame.data;
      const done = share(value, max);
      return { type: 'step', promptId: prompt_id, node: node ?? undefined, done };
    }
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const previewMetadata = z.object({ prompt_id: promptId });

/**
 * Big-endian u32 each: `1 | format | image`, where format is 1 for JPEG and 2 for PNG;
 * `4 | length | JSON | image`. Type 3 is text for the browser's nodes.
 */
export function readBinaryFrame(frame: Buffer): Frame | undefined {
  if (frame.length < 8) return undefined;
  const kind = frame.readUInt32BE(0);
  if (kind === 1) return preview(undefined, frame.subarray(8));
  if (kind !== 4) return undefined;
  const end = 8 + frame.readUInt32BE(4);
  if (end > frame.length) return undefined;
  const metadata = previewMetadata.safeParse(jsonIn(frame.toString('utf8', 8, end)));
  return metadata.success ? preview(metadata.data.prompt_id, frame.subarray(end)) : undefined;
}

/** By its own first bytes, as nothing else in a chat would draw it. */
function preview(promptId: string | undefined, image: Buffer): Frame | undefined {
  const isJpeg = image.length > 4 && image.readUInt16BE(0) === 0xffd8;
  const isPng = image.length > 8 && image.readUInt32BE(0) === 0x89504e47;
  if (!isJpeg && !isPng) return undefined;
  const mediaType = isJpeg ? 'image/jpeg' : 'image/png';
  return { type: 'preview', promptId, bytes: new Uint8Array(image), mediaType };
}
