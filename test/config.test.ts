import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../src/config.js';
import { createConfiguredPools } from '../src/startup/configured-pools.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'easel-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const token = '123456:telegram-secret';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment, folder);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('needs nothing but a token', () => {
    const config = loadConfig({ TELEGRAM_TOKEN: token }, folder);
    expect(config.telegram).toEqual({ token, apiRoot: 'https://api.telegram.org' });
    expect(config.discord).toBeUndefined();
    expect(config.backends).toEqual([{ name: 'sketch', type: 'sketch' }]);
    expect([...config.roles].sort()).toEqual(['telegram', 'worker']);
    expect(config.dataDir).toBe(join(folder, 'data'));
  });

  it('switches signed links on by an address and a secret, and by neither alone', () => {
    const links = { PUBLIC_URL: 'https://easel.example/', EASEL_SECRET: 'sixteen-letters!' };
    const config = loadConfig({ TELEGRAM_TOKEN: token, ...links }, folder);
    expect(config.links).toEqual({
      publicUrl: 'https://easel.example',
      secret: links.EASEL_SECRET,
    });
    expect(config.secrets).toContain(links.EASEL_SECRET);
    expect(loadConfig({ TELEGRAM_TOKEN: token }, folder).links).toBeUndefined();
    const { PUBLIC_URL, EASEL_SECRET } = links;
    expect(problemsOf({ TELEGRAM_TOKEN: token, PUBLIC_URL })).toEqual([
      'EASEL_SECRET: expected, since PUBLIC_URL is set',
    ]);
    expect(problemsOf({ TELEGRAM_TOKEN: token, EASEL_SECRET })).toEqual([
      'PUBLIC_URL: expected, since EASEL_SECRET is set',
    ]);
    const wrong = { PUBLIC_URL: 'easel.example', EASEL_SECRET: 'short' };
    const problems = problemsOf({ TELEGRAM_TOKEN: token, ...wrong }).join();
    expect(problems).toMatch(/PUBLIC_URL: expected an http.*EASEL_SECRET: expected at least 16/);
    expect(problems).not.toContain('short');
  });

  it('says which variables to set and names the demo where there is no token', () => {
    const [problem] = problemsOf({});
    expect(problem).toMatch(/DISCORD_TOKEN or TELEGRAM_TOKEN/);
    expect(problem).toMatch(/npm run demo/);
  });

  it('says how to get the package of a provider that is not installed', () => {
    writeFileSync(
      join(folder, 'easel.yaml'),
      'backends: [{ name: long, type: ai-sdk, provider: replicate, model: x/y }]\n',
    );
    const problems = problemsOf({ TELEGRAM_TOKEN: '123:abc' });
    expect(problems).toEqual([
      expect.stringMatching(
        /^easel\.yaml: backends\.0\.provider: .*npm install .*@ai-sdk\/replicate/,
      ),
    ]);
  });

  it('tells every error at once, each by its key', () => {
    writeFileSync(
      join(folder, 'easel.yaml'),
      'backends:\n  - {name: a b, type: comfyui, url: ftp://x}\n  - {name: c, type: dalle}\nlimit: 3\n',
    );
    const problems = problemsOf({
      TELEGRAM_TOKEN: 'nonsense',
      DISCORD_API_URL: 'http://127.0.0.1:1/v10',
      DATABASE_URL: 'mysql://x',
      HTTP_PORT: 'eighty',
      EASEL_ADMINS: 'somebody',
      LOG_LEVEL: 'loud',
    });
    for (const key of [
      'TELEGRAM_TOKEN: ',
      'DISCORD_API_URL: ',
      'DATABASE_URL: ',
      'HTTP_PORT: ',
      'EASEL_ADMINS: ',
      'LOG_LEVEL: ',
      'easel.yaml: backends.0.name: ',
      'easel.yaml: backends.0.url: ',
      'easel.yaml: backends.1.type: ',
      'easel.yaml: limit: ',
    ]) {
      expect(problems, key).toContainEqual(
        expect.stringMatching(new RegExp(`^${key.replaceAll('.', '\\.')}expected`)),
      );
    }
    expect(problems).toHaveLength(10);
  });

  it('tells of a missing token beside everything else', () => {
    const problems = problemsOf({ HTTP_PORT: 'eighty' });
    expect(problems).toContainEqual(expect.stringMatching(/^HTTP_PORT: /));
    expect(problems).toContainEqual(expect.stringMatching(/^DISCORD_TOKEN or TELEGRAM_TOKEN: /));
    expect(problemsOf({ LOG_LEVEL: 'loud', EASEL_ROLES: 'http' })).toHaveLength(4);
  });

  it('refuses names that would collide, pools that nobody serves, and a file as data folder', () => {
    const path = join(folder, 'easel.yaml');
    const other = 'url: "http://127.0.0.1:1"';
    writeFileSync(
      path,
      `backends: [{name: comfyui, type: comfyui, ${other}}, {name: b, type: sketch, pool: local}]\n` +
        'pools: {nosuch: {concurrency: 2}}\n',
    );
    const problems = problemsOf({
      TELEGRAM_TOKEN: token,
      COMFYUI_URL: 'http://127.0.0.1:8188',
      EASEL_DATA_DIR: path,
    });
    expect(problems).toEqual([
      expect.stringMatching(/^EASEL_DATA_DIR: expected a folder/),
      expect.stringMatching(/backends: expected another name than comfyui/),
      expect.stringMatching(/backends: expected another pool than local/),
      expect.stringMatching(/pools\.nosuch: expected one of/),
    ]);
  });

  it('never prints a secret, also not a wrong one', () => {
    const secret = 'canary canary';
    const text = problemsOf({ TELEGRAM_TOKEN: secret, DATABASE_URL: `x://u:${secret}@h/d` }).join();
    expect(text).not.toContain('canary');
    const config = loadConfig(
      { TELEGRAM_TOKEN: token, DATABASE_URL: 'postgres://u:swordfish@h/d' },
      folder,
    );
    expect(config.secrets).toEqual([token, 'swordfish']);
  });

  it('reads .env, below the environment itself', () => {
    writeFileSync(join(folder, '.env'), `TELEGRAM_TOKEN=1:from-file\nLOG_LEVEL=debug\n`);
    const config = loadConfig({ LOG_LEVEL: 'warn', EASEL_ADMINS: '' }, folder);
    expect(config.telegram?.token).toBe('1:from-file');
    expect(config.logLevel).toBe('warn');
  });

  it('reads the shipped example', async () => {
    const { readFile } = await import('node:fs/promises');
    const text = await readFile(new URL('../easel.example.yaml', import.meta.url), 'utf8');
    writeFileSync(join(folder, 'easel.yaml'), text);
    const config = loadConfig({ TELEGRAM_TOKEN: token }, folder);
    expect(config.backends.map(({ name }) => name)).toEqual(['desk', 'sketch']);
  });

  it('has no quota, no hard cap and no weights until the file says so', () => {
    expect(loadConfig({ TELEGRAM_TOKEN: token }, folder).limits).toEqual({
      waitingTasks: 100,
      runningTasks: 3,
      adminWeight: 1,
      promptMaxCharacters: 4000,
    });
    const limits = 'hardRunningTasks: 5, adminWeight: 2, userImagesPerDay: 200';
    writeFileSync(join(folder, 'easel.yaml'), `limits: { ${limits} }`);
    expect(loadConfig({ TELEGRAM_TOKEN: token }, folder).limits).toMatchObject({
      hardRunningTasks: 5,
      adminWeight: 2,
      userImagesPerDay: 200,
    });
  });

  it('takes the silence that a backend may keep', () => {
    const backend = 'name: box, type: sketch, silenceSeconds: 300';
    writeFileSync(join(folder, 'easel.yaml'), `backends: [{ ${backend} }]`);
    const config = loadConfig({ TELEGRAM_TOKEN: token }, folder);
    expect(config.backends).toMatchObject([{ name: 'box', silenceSeconds: 300 }]);
    const [pool] = createConfiguredPools(pino({ level: 'silent' })).of(config);
    expect(pool?.instances[0]?.backend.capabilities.silenceLimitMs).toBe(300_000);
  });

  it('takes a ComfyUI from the environment alone', () => {
    const config = loadConfig(
      { TELEGRAM_TOKEN: token, COMFYUI_URL: 'http://10.0.0.5:8188/' },
      folder,
    );
    expect(config.backends).toEqual([
      { name: 'comfyui', type: 'comfyui', url: 'http://10.0.0.5:8188' },
    ]);
  });

  it('takes OpenAI and Gemini from the environment, beside each other', () => {
    const config = loadConfig(
      {
        TELEGRAM_TOKEN: token,
        OPENAI_API_KEY: 'sk-secret-one',
        OPENAI_BASE_URL: 'http://127.0.0.1:1234/v1/',
        GEMINI_API_KEY: 'AIza-secret-two',
      },
      folder,
    );
    expect(config.backends).toEqual([
      { name: 'openai', type: 'openai', apiKey: 'sk-secret-one', url: 'http://127.0.0.1:1234/v1' },
      { name: 'gemini', type: 'gemini', apiKey: 'AIza-secret-two' },
    ]);
    expect(config.unused).toEqual([]);
    expect(config.secrets).toEqual(expect.arrayContaining(['sk-secret-one', 'AIza-secret-two']));
  });

  it('takes a backend’s key from the variable that the file names', () => {
    const backend =
      'name: cloud, type: gemini, apiKeyEnv: STUDIO_KEY, models: [gemini-3-pro-image]';
    writeFileSync(join(folder, 'easel.yaml'), `backends: [{ ${backend} }]`);
    const config = loadConfig({ TELEGRAM_TOKEN: token, STUDIO_KEY: 'AIza-secret' }, folder);
    expect(config.backends).toMatchObject([{ name: 'cloud', apiKey: 'AIza-secret' }]);
    expect(config.secrets).toContain('AIza-secret');
    expect(problemsOf({ TELEGRAM_TOKEN: token })).toEqual([
      expect.stringMatching(/^STUDIO_KEY: expected, since the backend cloud/),
    ]);
  });

  it('refuses a cloud without a key, a server without an address, and what neither knows', () => {
    const backends = [
      '{ name: a, type: openai }',
      '{ name: b, type: gemini }',
      '{ name: c, type: openai, flavor: sdcpp, apiKey: sk-x }',
      '{ name: d, type: openai, apiKey: sk-x, partialImages: 4 }',
      '{ name: e, type: gemini, apiKey: AIza-x, imageSize: 8K }',
      '{ name: f, type: openai, url: "http://127.0.0.1:8080/v1", flavor: localai }',
    ];
    writeFileSync(join(folder, 'easel.yaml'), `backends: [${backends.join(', ')}]`);
    const problems = problemsOf({ TELEGRAM_TOKEN: token });
    const at = (index: number, key: string) =>
      expect.stringContaining(`backends.${index}.${key}: expected`);
    expect(problems).toEqual([
      at(0, 'apiKey'),
      at(1, 'apiKey'),
      at(2, 'url'),
      at(3, 'partialImages'),
      at(4, 'imageSize'),
    ]);
    expect(problems.join()).not.toContain('sk-x');
  });

  it('reads ComfyUI workflows from a folder beside the file, and lists all that is wrong there', () => {
    writeFileSync(join(folder, 'a.json'), '{"nodes":[],"links":[]}');
    writeFileSync(join(folder, 'b.json'), '{');
    const backend = { name: 'desk', type: 'comfyui', url: 'http://127.0.0.1:8188', workflows: '.' };
    writeFileSync(join(folder, 'easel.yaml'), JSON.stringify({ backends: [backend] }));
    const problems = problemsOf({ TELEGRAM_TOKEN: token, HTTP_PORT: 'x' });
    expect(problems).toHaveLength(3);
    expect(problems.join('\n')).toMatch(/workflows of desk: a\.json: .*Export \(API\)/);
    expect(problems.join('\n')).toMatch(/workflows of desk: b\.json: expected JSON/);
  });

  it('keeps in images how they were made, unless the file says otherwise', () => {
    const metadata = () => loadConfig({ TELEGRAM_TOKEN: token }, folder).images.metadata;
    expect(metadata()).toBe('keep');
    writeFileSync(join(folder, 'easel.yaml'), 'images: { metadata: strip }');
    expect(metadata()).toBe('strip');
  });

  it('lets attachments come from the host of a Discord that is not Discord’s own', () => {
    const config = loadConfig(
      { DISCORD_TOKEN: 'x.y.z', DISCORD_API_URL: 'http://127.0.0.1:4000/api' },
      folder,
    );
    expect(config.discord?.cdnHosts).toContain('127.0.0.1:4000');
  });

  it('refuses roles over several processes without Redis, with the reason', () => {
    const problems = problemsOf({ TELEGRAM_TOKEN: token, EASEL_ROLES: 'telegram' });
    expect(problems).toContainEqual(
      expect.stringMatching(/^REDIS_URL: expected.*several processes/),
    );
    expect(problemsOf({ TELEGRAM_TOKEN: token, EASEL_ROLES: 'telegram,worker' })).toEqual([]);
    expect(problemsOf({ TELEGRAM_TOKEN: token, EASEL_ROLES: 'discord,worker,telegram' })).toEqual([
      expect.stringMatching(/^DISCORD_TOKEN: expected/),
    ]);
  });
});
