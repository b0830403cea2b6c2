import { expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '../contracts/index.ts';
import { negotiate, offersOf } from './protocol.ts';

const served = { subprotocol: `parley.${PROTOCOL_VERSION}`, outcome: 'served' };

test.each([
  [`parley.${PROTOCOL_VERSION}`, served],
  [`parley.${PROTOCOL_VERSION + 1}, parley.${PROTOCOL_VERSION}`, served],
  [`chat,parley.${PROTOCOL_VERSION}`, served],
  [`parley.${PROTOCOL_VERSION + 1}`, { subprotocol: `parley.${PROTOCOL_VERSION + 1}`, outcome: 'newer' }],
  ['parley.0', { subprotocol: 'parley.0', outcome: 'older' }],
  ['parley.x, parley.', { subprotocol: 'parley.x', outcome: 'older' }],
  ['', { subprotocol: undefined, outcome: 'older' }],
  [undefined, { subprotocol: undefined, outcome: 'older' }],
])('[CN2] an offer of %s', (header, expected) => {
  expect(negotiate(offersOf(header))).toEqual(expected);
});
