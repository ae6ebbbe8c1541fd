import { type Logger, pino } from 'pino';
import type { Config } from '../config.js';
import { withoutSecrets } from '../engine/backends/service/service-text.js';

/** JSON lines on standard output, and what never stands in them. */
export interface SecretiveLog {
  readonly log: Logger;
  /** From now on these are blotted out as well: a reload may bring new keys. */
  readonly hide: (secrets: readonly string[]) => void;
}

/** A secret that got into a line is blotted out there, as a last net. */
export function createLog({
  logLevel,
  secrets,
}: Pick<Config, 'logLevel' | 'secrets'>): SecretiveLog {
  // The old ones stay: runs that began with them go on.
  const hidden = new Set(secrets);
  const log = pino({
    level: logLevel,
    hooks: {
      streamWrite: (line) => withoutSecrets(line, hidden),
    },
  });
  return {
    log,
    hide: (more) => {
      for (const secret of more) hidden.add(secret);
    },
  };
}
