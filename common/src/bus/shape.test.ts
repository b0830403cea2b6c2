import { expect, test } from 'vitest';
import { z } from 'zod';
import { events } from '../contracts/index.ts';
import { shapeOf } from './shape.ts';

const fits = shapeOf(
  z.object({
    id: z.uuid(),
    count: z.int().min(1),
    kind: z.enum(['a', 'b']),
    note: z.string().nullable(),
    tags: z.array(z.string()).optional(),
    pair: z.tuple([z.string(), z.number()]),
    marks: z.record(z.string(), z.object({ read: z.number() })),
    content: z.discriminatedUnion('kind', [z.object({ kind: z.literal('text'), text: z.string() })]),
  }),
);
const fitting = {
  id: 'x',
  count: 0,
  kind: 'a',
  note: null,
  pair: ['x', 1],
  marks: { anna: { read: 1 } },
  content: { kind: 'text', text: '' },
};

test('a value fits by its fields and their types, whatever more it has', () => {
  expect(fits(fitting)).toBe(true);
  expect(fits({ ...fitting, tags: ['x'], more: 1 })).toBe(true);
});

test.each([
  ['nothing', null],
  ['a list', []],
  ['a missing field', { ...fitting, id: undefined }],
  ['another type', { ...fitting, count: '1' }],
  ['none of the listed words', { ...fitting, kind: 'c' }],
  ['a list of other things', { ...fitting, tags: [1] }],
  ['too short a tuple', { ...fitting, pair: ['x'] }],
  ['a record of other things', { ...fitting, marks: { anna: { read: 'all' } } }],
  ['an unknown kind', { ...fitting, content: { kind: 'image' } }],
])('%s does not fit', (_, value) => {
  expect(fits(value)).toBe(false);
});

test('every event of the contract has a shape that refuses an empty object', () => {
  for (const { data } of Object.values(events)) expect(shapeOf(data)({})).toBe(false);
});
