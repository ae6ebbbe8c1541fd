import { expect, it, vi } from 'vitest';
import { createLog } from '../../src/startup/log.js';

it('blots out secrets, those of a reload as well', () => {
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  try {
    const { log, hide } = createLog({ logLevel: 'info', secrets: ['key-of-the-start'] });
    log.info({ url: 'http://x/key-of-the-start' }, 'begun with key-of-the-start');
    hide(['key-of-the-reload']);
    log.info({ err: new Error('key-of-the-reload') }, 'key-of-the-start, too');
  } finally {
    write.mockRestore();
  }
  expect(lines.join('')).toContain('[secret]');
  expect(lines.join('')).not.toContain('key-of');
});
