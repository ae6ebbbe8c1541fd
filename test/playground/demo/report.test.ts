import { describe, expect, it } from 'vitest';
import { createReport } from '../../../src/playground/demo/report.js';
import { createScreen } from '../../../src/playground/demo/screen.js';

function setUp() {
  let text = '';
  const screen = createScreen({ write: (more) => (text += more) }, {});
  const ending = new AbortController();
  let end: (error: Error) => void = () => {};
  const gone = new Promise<never>((_, reject) => {
    end = reject;
  });
  const save = async (name: string, bytes: Uint8Array) => {
    if (bytes.length === 0) throw new Error(`${name} is no whole picture`);
    return { path: `${name}.jpg`, width: 1, height: 1, byteLength: bytes.length };
  };
  const report = createReport({ screen, folder: { save }, gone, signal: ending.signal });
  return { report, end, ending, text: () => text };
}

describe("the report of the demo's tour", () => {
  it('has no problem after a tour in which everything was seen', async () => {
    const { report, text } = setUp();
    const result = await report.stop('One', '/imagine', async (stop) => {
      stop.check('a card', true);
      await stop.save('picture', Buffer.from('x'));
      return 7;
    });
    expect(result).toBe(7);
    expect(report.problems).toEqual([]);
    expect(report.savedCount).toBe(1);
    expect(text()).toContain('01-picture.jpg');
  });

  it('names what was missing, and goes on', async () => {
    const { report, text } = setUp();
    await report.stop('One', '', async (stop) => stop.check('four images', false));
    await report.stop('Two', '', async (stop) => void (await stop.save('grid', Buffer.alloc(0))));
    await report.stop('Three', '', async (stop) => stop.check('a bar', true));
    expect(report.problems).toEqual([
      'One: missing: four images',
      'Two: 02-grid is no whole picture',
    ]);
    expect(text()).toContain('✓ a bar');
  });

  it('waits for nothing once Easel is gone', async () => {
    const { report, end } = setUp();
    const stop = report.stop('One', '', () => new Promise(() => {}));
    end(new Error('Easel ended with exit code 1'));
    await stop;
    let wasTaken = false;
    await report.stop('Two', '', async () => {
      wasTaken = true;
    });
    expect(wasTaken).toBe(false);
    expect(report.problems).toEqual([
      'One: Easel ended with exit code 1',
      'Two: Easel ended with exit code 1',
    ]);
  });

  it('says nothing more after Ctrl-C', async () => {
    const { report, ending, end, text } = setUp();
    const stop = report.stop('One', '', () => new Promise(() => {}));
    ending.abort();
    const before = text();
    end(new Error('Easel ended with exit code 0'));
    await stop;
    await report.stop('Two', '', async () => {});
    expect(text()).toBe(before);
  });
});
