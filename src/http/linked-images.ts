import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Engine, EngineError, type ImageLinks } from '../engine/index.js';

export interface LinkedImagesDependencies {
  readonly engine: Pick<Engine, 'readImage'>;
  readonly links: ImageLinks;
}

export type LinkedImages = ReturnType<typeof createLinkedImages>;

/**
 * Serves images to whoever has a signed link. Nothing of a path reaches the store: the image's id
 * does, once its signature was found good. Gone, expired and never signed look the same: 404.
 */
export function createLinkedImages({ engine, links }: LinkedImagesDependencies) {
  return {
    /** False: the request is not for an image. */
    async answer(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
      const path = (request.url ?? '').split('?', 1)[0] ?? '';
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      const imageId = isRead ? links.imageOf(path) : undefined;
      if (imageId === undefined) return false;
      try {
        const { bytes, mediaType } = await engine.readImage(imageId);
        const extension = mediaType.replace(/^image\//, '').replace('jpeg', 'jpg');
        response.writeHead(200, {
          'content-type': mediaType,
          'content-length': bytes.byteLength,
          'cache-control': 'private, max-age=86400',
          'content-disposition': `inline; filename="easel-${imageId}.${extension}"`,
          'content-security-policy': "default-src 'none'",
          'x-content-type-options': 'nosniff',
        });
        response.end(request.method === 'HEAD' ? undefined : bytes);
      } catch (error) {
        // The record or the store is away for now, and the image perhaps is not.
        response.writeHead(error instanceof EngineError ? 404 : 503).end();
      }
      return true;
    },
  };
}
