import { expect, test } from 'vitest';
import { inputAt } from './inputs.ts';

const people = ['0192f0c1-2345-7abc-8def-0123456789ab', '0192f0c1-2345-7abc-8def-0123456789ac'];
const door = { host: '127.0.0.1:1', cookie: 'a=b', origin: 'http://127.0.0.1:1' };
const inputs = (seed: number) => Array.from({ length: 2_000 }, (_, number) => inputAt(seed, number, people, door));

test('the same seed makes the same inputs again, to the last byte', () => {
  expect(inputs(7)).toEqual(inputs(7));
  expect(inputs(8)).not.toEqual(inputs(7));
});
