import { expect, test } from 'vitest';
import { readOptions } from './options.ts';
import { originsOf } from './origins.ts';

test('listens on loopback unless told otherwise', () => {
  expect(readOptions([])).toMatchObject({ port: 4080, host: '127.0.0.1', fresh: false, help: false });
});

test('takes a data folder relative to where the person stands', () => {
  expect(readOptions(['--data', 'chat'], '/home/ada').data).toBe('/home/ada/chat');
});

test.each(['--demo', '--live-page'])('keeps %s to this machine', (option) => {
  expect(() => readOptions([option, '--host', '0.0.0.0'])).toThrow(/for this machine alone/);
});

test.each(['', '-1', '65536', '80a', '0x50'])('refuses "%s" as a port', (port) => {
  expect(() => readOptions([`--port=${port}`])).toThrow(/--port takes a number/);
});

test('trusts the pages of every address it is reached at, and no other', () => {
  expect(originsOf('127.0.0.1', 4080)).toEqual(['http://localhost:4080', 'http://127.0.0.1:4080', 'http://[::1]:4080']);
  expect(originsOf('chat.example', 80)).toContain('http://chat.example');
  expect(originsOf('127.0.0.1', 80)).not.toContain('http://chat.example');
});
