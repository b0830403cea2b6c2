import { expect, test } from 'vitest';
import { isNewEnough } from './node.mjs';

test.each([
  ['22.20.0', false],
  ['24.0.0', false],
  ['24.6.9', false],
  ['24.7.0', true],
  ['24.21.0', true],
  ['26.0.0', true],
])("Node %s of the machine's own: %s", (version, enough) => {
  expect(isNewEnough(version)).toBe(enough);
});
