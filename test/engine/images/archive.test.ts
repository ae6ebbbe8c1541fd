import { describe, expect, it } from 'vitest';
import {
  type ArchiveEntry,
  ArchiveError,
  defaultArchiveLimits,
  openArchive,
} from '../../../src/engine/images/archive.js';
import { ImageError } from '../../../src/engine/images/inspection.js';
import { makeZip, type ZipEntry } from '../../support/zip.js';

const limits = { ...defaultArchiveLimits, maxImageBytes: 20_000_000 };
const open = (entries: readonly ZipEntry[], changes: Partial<typeof limits> = {}) =>
  openArchive(makeZip(entries), { ...limits, ...changes });

const words = (text: string) => Buffer.from(text);
const names = (entries: readonly ArchiveEntry[]) => entries.map(({ name }) => name);

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ArchiveError || error instanceof ImageError) return error.problem;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a zip of images', () => {
  it('offers its files by name in natural order, whatever folders they are in', async () => {
    const entries = await open([
      { name: 'trip/10.png', bytes: words('ten') },
      { name: 'trip/', isStored: true },
      { name: 'trip/2.png', bytes: words('two'), isStored: true },
      { name: '海.jpg', bytes: words('sea') },
    ]);
    expect(names(entries)).toEqual(['2.png', '10.png', '海.jpg']);
    const contents = await Promise.all(entries.map((entry) => entry.read()));
    expect(contents.map(String)).toEqual(['two', 'ten', 'sea']);
  });

  it('leaves out folders and what systems put into it', async () => {
    const entries = await open([
      { name: 'a.png', bytes: words('a') },
      { name: '__MACOSX/._a.png', bytes: words('x') },
      { name: 'sub/.DS_Store', bytes: words('x') },
      { name: 'sub\\Thumbs.db', bytes: words('x') },
      { name: 'folder.png/' },
    ]);
    expect(names(entries)).toEqual(['a.png']);
  });

  it('takes a name that leads out of its folder for a name', async () => {
    const paths = ['../../etc/passwd.png', '/root/b.png', 'C:\\c.png', '..\\..\\d.png'];
    const entries = await open(paths.map((name) => ({ name, bytes: words(name) })));
    expect(names(entries).sort()).toEqual(['b.png', 'c.png', 'd.png', 'passwd.png']);
    for (const entry of entries) expect(String(await entry.read())).toContain(entry.name);
  });

  it('names what is encrypted, damaged or not as large as it says, and gives the rest', async () => {
    const long = Buffer.alloc(3000, 'long ');
    const entries = await open([
      { name: '1-secret.png', bytes: words('x'), isEncrypted: true },
      { name: '2-damaged.png', bytes: words('x'), declaredCrc: 7 },
      { name: '3-larger.png', bytes: long, declaredSize: 2000 },
      { name: '4-smaller.png', bytes: long, declaredSize: 4000 },
      { name: '5-stored-lie.png', bytes: long, declaredSize: 900_000 },
      { name: '6-fine.png', bytes: words('fine') },
    ]);
    const problems = [];
    for (const entry of entries.slice(0, -1)) problems.push(await refusalOf(entry.read()));
    const broken = { kind: 'broken' };
    expect(problems).toEqual([{ kind: 'encrypted' }, broken, broken, broken, broken]);
    expect(String(await entries.at(-1)?.read())).toBe('fine');
  });

  it('does not inflate what grows too much, or is larger than an image may be', async () => {
    const [bomb, large, fine] = await open(
      [
        { name: '1-bomb.png', bytes: Buffer.alloc(5_000_000) },
        { name: '2-large.png', bytes: words('x'), isStored: true, declaredSize: 900_000 },
        { name: '3-fine.png', bytes: words('fine') },
      ],
      { maxImageBytes: 800_000 },
    );
    expect(await refusalOf(bomb?.read() ?? Promise.resolve())).toEqual({
      kind: 'inflates-too-much',
      maxRatio: 100,
    });
    expect(await refusalOf(large?.read() ?? Promise.resolve())).toMatchObject({
      kind: 'too-many-bytes',
      bytes: 900_000,
    });
    expect(String(await fine?.read())).toBe('fine');
  });

  it('counts images, and not what lies beside them', async () => {
    const images = Array.from({ length: 100 }, (_, index) => ({
      name: `${index}.png`,
      bytes: words('x'),
    }));
    const entries = await open([...images, { name: 'notes.txt', bytes: words('x') }]);
    expect(entries).toHaveLength(101);
    const notes = entries.find(({ name }) => name === 'notes.txt');
    expect(await refusalOf(notes?.read() ?? Promise.resolve())).toEqual({ kind: 'not-an-image' });
    expect(await refusalOf(open([...images, { name: '100.png' }]))).toEqual({
      kind: 'too-many-entries',
      count: 101,
      max: 100,
    });
  });

  it('is refused as a whole when it is too much, is none, or holds nothing', async () => {
    const bytes = Buffer.alloc(900, 'noise');
    const many = Array.from({ length: 3 }, (_, index) => ({ name: `${index}.png`, bytes }));
    expect(await refusalOf(open(many, { maxInflatedBytes: 2000 }))).toEqual({
      kind: 'too-much-inside',
      bytes: 2700,
      max: 2000,
    });
    expect(await refusalOf(open([{ name: 'folder/' }]))).toEqual({ kind: 'no-images-inside' });
    const none = { kind: 'not-an-archive' };
    expect(await refusalOf(openArchive(words('not a zip'), limits))).toEqual(none);
    const whole = makeZip(many);
    const cut = whole.subarray(0, whole.length - 60);
    expect(await refusalOf(openArchive(cut, limits))).toEqual(none);
  });
});
