import { expect, it } from 'vitest';
import { parseRedisUrl } from '../../../src/engine/queue/redis-address.js';

it('reads the address of one server', () => {
  const hosts = [{ host: 'cache', port: 6380 }];
  expect(parseRedisUrl('rediss://u:p%40ss@cache:6380/2')).toEqual({
    kind: 'server',
    hosts,
    password: 'p@ss',
  });
  expect(parseRedisUrl('redis://cache')).toMatchObject({ hosts: [{ host: 'cache', port: 6379 }] });
});

it('reads Sentinels, the name of what they watch, and both passwords', () => {
  expect(
    parseRedisUrl('redis+sentinel://:p%40ss@one,two:26380/studio/3?sentinelPassword=other'),
  ).toEqual({
    kind: 'sentinel',
    hosts: [
      { host: 'one', port: 26379 },
      { host: 'two', port: 26380 },
    ],
    isEncrypted: false,
    password: 'p@ss',
    sentinelPassword: 'other',
    master: 'studio',
    database: 3,
  });
});

it('reads the nodes of a cluster', () => {
  expect(parseRedisUrl('rediss+cluster://u:p@one,[::1]:7000/')).toEqual({
    kind: 'cluster',
    hosts: [
      { host: 'one', port: 6379 },
      { host: '::1', port: 7000 },
    ],
    isEncrypted: true,
    username: 'u',
    password: 'p',
  });
});

it('ends the name at the first colon alone', () => {
  expect(parseRedisUrl('redis+cluster://u:p:q%3A@one')).toMatchObject({
    username: 'u',
    password: 'p:q:',
  });
  const named = parseRedisUrl('redis+cluster://u@one');
  expect(named).toMatchObject({ username: 'u' });
  expect(named).not.toHaveProperty('password');
});

it.each([
  'http://cache',
  'cache:6379',
  'redis+sentinel://one,two',
  'redis+sentinel://one,,two/studio',
  'redis+cluster://one/studio',
  'redis+cluster://',
  'redis+cluster://one:port',
])('takes %s for none', (url) => {
  expect(parseRedisUrl(url)).toBeUndefined();
});
