import { expect, it } from 'vitest';
import { createFileHosts, isPublicAddress } from '../../../src/bots/discord/file-hosts.js';

const discord = ['cdn.discordapp.com', 'media.discordapp.net'];
const toPublic = async () => ['162.159.130.233', '2606:4700::6812:1'];

it.each([
  'https://cdn.discordapp.com/attachments/1/2/fox.png?ex=1&is=2&hm=3',
  'https://media.discordapp.net/attachments/1/2/fox.png',
  'https://CDN.discordapp.com:443/fox.png',
])('takes files from Discord: %s', async (url) => {
  const hosts = createFileHosts({ hosts: discord, allowHttp: false, lookup: toPublic });
  expect(await hosts.resolve(url)).toEqual(await toPublic());
});

it.each([
  'http://cdn.discordapp.com/fox.png',
  'https://cdn.discordapp.com.evil.example/fox.png',
  'https://evil.example/cdn.discordapp.com',
  'https://cdn.discordapp.com@evil.example/',
  'https://user:pass@cdn.discordapp.com/',
  'https://cdn.discordapp.com:8443/fox.png',
  'https://127.0.0.1/fox.png',
  'https://[::ffff:127.0.0.1]/fox.png',
  'https://169.254.169.254/latest/meta-data',
  'file:///etc/passwd',
  'ftp://cdn.discordapp.com/fox.png',
  'no address',
])('takes nothing from elsewhere: %s', async (url) => {
  const hosts = createFileHosts({ hosts: discord, allowHttp: false, lookup: toPublic });
  expect(await hosts.resolve(url)).toBe(undefined);
});

it.each([
  '10.1.2.3',
  '127.0.0.1',
  '169.254.169.254',
  '::1',
  '::ffff:10.0.0.1',
  'fe80::1',
  'fd00::1',
  '2002:7f00:1::',
  '::7f00:1',
  'fec0::1',
  '2001:db8::1',
  '2001::1',
  '64:ff9b:1::1',
  '192.0.2.1',
  '198.51.100.1',
  '203.0.113.1',
])('refuses Discord’s host when its name leads to %s', async (address) => {
  const lookup = async () => ['162.159.130.233', address];
  const hosts = createFileHosts({ hosts: discord, allowHttp: false, lookup });
  expect(await hosts.resolve('https://cdn.discordapp.com/fox.png')).toBe(undefined);
});

it('takes files from a private host that the operator listed, with its port', async () => {
  const hosts = createFileHosts({ hosts: ['127.0.0.1:4000'], allowHttp: true });
  expect(await hosts.resolve('http://127.0.0.1:4000/attachments/1')).toEqual(['127.0.0.1']);
  expect(await hosts.resolve('http://127.0.0.1:4001/attachments/1')).toBe(undefined);
  expect(await hosts.resolve('http://127.0.0.1/attachments/1')).toBe(undefined);
});

it('knows public addresses from others', () => {
  expect(['1.1.1.1', '2606:4700::1111', '::ffff:1.1.1.1'].map(isPublicAddress)).toEqual([
    true,
    true,
    true,
  ]);
  expect(
    ['100.64.0.1', '192.168.1.1', '224.0.0.1', '0.0.0.0', '::', 'x'].some(isPublicAddress),
  ).toBe(false);
});
