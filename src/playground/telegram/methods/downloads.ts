import { badRequest } from '../api-error.js';
import type { Methods } from './method.js';

/** core.telegram.org/bots/api#getfile */
const maxDownloadBytes = 20 * 1024 * 1024;

export const downloadMethods: Methods = {
  getFile({ world, parameters }) {
    const fileId = parameters.text('file_id');
    if (!fileId) throw badRequest('file_id not specified');
    const file = world.files.get(fileId);
    if (!file) throw badRequest('invalid file_id');
    if (file.bytes.length > maxDownloadBytes) throw badRequest('file is too big');
    return {
      file_id: file.fileId,
      file_unique_id: file.fileUniqueId,
      file_size: file.bytes.length,
      file_path: file.path,
    };
  },
};
