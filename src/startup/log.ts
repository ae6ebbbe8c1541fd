import { type Logger, pino } from 'pino';
import type { Config } from '../config.js';

/** JSON lines on standard output. A secret that got into one is blotted out there, as a last net. */
export function createLog(config: Config): Logger {
  const { secrets } = config;
  return pino({
    level: config.logLevel,
    hooks: {
      streamWrite: (line) =>
        secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line),
    },
  });
}
