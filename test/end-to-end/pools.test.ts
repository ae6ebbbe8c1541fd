import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Person } from '../../src/playground/telegram/index.js';
import { type ComfyUiServer, startComfyUiServer } from '../support/comfyui-server.js';
import { type EaselProcess, openStudio, type Studio } from '../support/studio.js';
import { patienceMs, telegramWords } from '../support/studio-people.js';

let studio: Studio;
let easel: EaselProcess;
let servers: ComfyUiServer[];
let admin: Person;
beforeAll(async () => {
  servers = await Promise.all([start(), start(), start()]);
  studio = await openStudio({ configuration: configurationOf(servers.slice(0, 2)) });
  admin = studio.telegram.createUser({ firstName: 'Root' });
  easel = await studio.start({ EASEL_ADMINS: `telegram:${admin.user.id}` });
});
beforeEach(() => expect(easel.child.exitCode).toBeNull());
afterAll(async () => {
  await studio.close();
  await Promise.all(servers.map((server) => server.close()));
});

const slots = 2;

function start(): Promise<ComfyUiServer> {
  return startComfyUiServer({ stepMs: 5, shrink: 8 });
}

function configurationOf(members: readonly ComfyUiServer[]): string {
  const lines = members.map(
    ({ url }) =>
      `  - { name: server-${new URL(url).port}, type: comfyui, pool: main, url: '${url}', slots: ${slots} }`,
  );
  return ['backends:', ...lines, 'pools:', '  main: { concurrency: 10 }', ''].join('\n');
}

const nameOf = ({ url }: ComfyUiServer) => `server-${new URL(url).port}`;

/** A batch of ten from each, by choices in braces. */
async function askForBatches(people: readonly Person[]): Promise<void> {
  const choices = Array.from({ length: 10 }, (_, index) => `fox${index}`).join('|');
  for (const person of people) {
    await person.send(person.chat, { text: `{${choices}} of ${person.user.first_name}` });
  }
}

async function said(person: Person, words: string): Promise<string> {
  const message = await studio.telegram.waitForMessage(
    person.chat,
    (candidate) => telegramWords(candidate).includes(words),
    { timeoutMs: patienceMs },
  );
  return telegramWords(message);
}

async function administer(words: string, answer: string): Promise<string> {
  await admin.send(admin.chat, { text: `/admin ${words}` });
  return said(admin, answer);
}

describe('a pool of two servers', () => {
  it('completes all of forty tasks when one of them dies, none with more runs than its slots', async () => {
    const [one, two] = servers as [ComfyUiServer, ComfyUiServer];
    const people = ['Ann', 'Ben', 'Cyd', 'Dan'].map((firstName) =>
      studio.telegram.createUser({ firstName }),
    );
    await askForBatches(people);
    await one.began();
    await vi.waitFor(() => expect(Object.keys(one.execution.history).length).toBeGreaterThan(2), {
      timeout: patienceMs,
    });
    await one.close();
    for (const person of people) expect(await said(person, '10 done')).not.toContain('failed');
    expect(one.execution.deepest).toBeLessThanOrEqual(slots);
    expect(two.execution.deepest).toBeLessThanOrEqual(slots);
    expect(await administer('backends list', nameOf(one))).toMatch(
      new RegExp(`${nameOf(one)} \\(comfyui\\): away.*\n.*last error`),
    );
  });

  it('takes a new server in and lets one go without a restart', async () => {
    const [, two, three] = servers as [ComfyUiServer, ComfyUiServer, ComfyUiServer];
    await studio.configure('backends: [{ name: wrong, type: comfyui }]');
    expect(await administer('backends reload', 'configuration is wrong')).toContain(
      'backends.0.url',
    );
    await studio.configure(configurationOf([two, three]));
    expect(await administer('backends reload', 'Added:')).toContain(nameOf(three));
    const ann = studio.telegram.createUser({ firstName: 'Anna' });
    await askForBatches([ann]);
    await said(ann, '10 done');
    expect(Object.keys(three.execution.history).length).toBeGreaterThan(0);

    await studio.configure(configurationOf([three]));
    const before = two.calls.filter(({ path }) => path === '/prompt').length;
    easel.child.kill('SIGHUP');
    await easel.said('"removed":["server-');
    const ben = studio.telegram.createUser({ firstName: 'Benno' });
    await askForBatches([ben]);
    await said(ben, '10 done');
    expect(two.calls.filter(({ path }) => path === '/prompt')).toHaveLength(before);
  });
});
