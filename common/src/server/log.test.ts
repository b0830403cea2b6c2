import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { ParleyError } from '../contracts/index.ts';
import { createLog } from './log.ts';

const secret = 'correct horse battery staple';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let written = '';
  const destination = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk);
      done();
    },
  });
  write(createLog('test', 'trace', { destination }));
  return written;
}

test.each([
  'password',
  'Password',
  'current',
  'next',
  'token',
  'accessToken',
  'refresh_token',
  'authorization',
  'Set-Cookie',
  'cookie',
  'text',
  'content',
  'preview',
  'email',
  'body',
])('a field called %s is never written down, at whatever depth', (name) => {
  const field = { [name]: secret };
  const written = logged((log) => {
    log.info(field, 'top');
    log.info({ input: field }, 'one down');
    log.info({ batch: [{ data: { message: field } }] }, 'far down');
    log.info({ held: new Map([['first', field]]) }, 'in a map');
    log.child(field).info('in a child');
    log.error({ error: Object.assign(new Error('failed'), field, { cause: Object.assign(new Error('why'), field) }) }, 'on an error');
  });
  expect(written).not.toContain(secret);
  expect(written.trim().split('\n')).toHaveLength(6);
});

test('a message of somebody is not written down with the fact that carries it', () => {
  const fact = { name: 'message.sent', data: { clientId: 'c1', content: { kind: 'text', text: secret } } };
  const written = logged((log) =>
    log.warn({ facts: [fact], error: new ParleyError('internal', { cause: Object.assign(new Error('bad'), { fact }) }) }, 'not handled'),
  );
  expect(written).not.toContain(secret);
  expect(written).toContain('c1');
});

test('errors that quote data lose their message, and keep their code and place', () => {
  const written = logged((log) => {
    log.error(
      { error: Object.assign(new Error(`malformed array literal: "${secret}"`), { code: '22P02', detail: secret }) },
      'stored nothing',
    );
    try {
      JSON.parse(`{${secret}`);
    } catch (error) {
      log.error({ error }, 'read nothing');
    }
  });
  expect(written).not.toMatch(/horse|battery/);
  expect(written).toContain('22P02');
  expect(written).toContain('log.test.ts');
});

test('errors are written with type, message, code, stack and causes', () => {
  const error = new ParleyError('unavailable', { cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }) });
  const line = JSON.parse(logged((log) => log.error({ error }, 'away')));
  expect(line.error).toMatchObject({
    type: 'ParleyError',
    code: 'unavailable',
    cause: { message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
  });
  expect(line.error.stack).toContain('log.test.ts');
});

test('the password of an address is left out', () => {
  const written = logged((log) =>
    log.info(
      { url: `postgresql://parley:${encodeURIComponent(secret)}@db:5432/parley`, error: new Error('amqp://guest:hunter2@mq failed') },
      'x',
    ),
  );
  expect(written).not.toMatch(/horse|hunter2/);
  expect(written).toContain('postgresql://db:5432/parley');
});

test('what refers to itself, or is huge, does not break the log', () => {
  const ring: Record<string, unknown> = { name: 'ring' };
  ring.self = ring;
  const line = JSON.parse(logged((log) => log.info({ ring, bytes: new Uint8Array(1_000_000), at: new Date(0), none: undefined }, 'odd')));
  expect(line).toMatchObject({ bytes: '[1000000 bytes]', at: '1970-01-01T00:00:00.000Z', ring: { name: 'ring' } });
});
