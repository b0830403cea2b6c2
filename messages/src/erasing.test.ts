import { expect, test } from 'vitest';
import { holds } from './erasing.ts';

const erased = { conversationId: 'c', seq: 3, clientId: 'x' };

test.each([
  ['what was sent', { name: 'message.sent', data: { conversationId: 'c', clientId: 'x' } }, true],
  ['what it was edited to', { name: 'message.edited', data: { conversationId: 'c', clientId: 'y', seq: 3 } }, true],
  ['what was told of it', { name: 'message.stored', data: { update: { conversationId: 'c', messages: [{ seq: 2 }, { seq: 3 }] } } }, true],
  ['another message', { name: 'message.edited', data: { conversationId: 'c', clientId: 'y', seq: 4 } }, false],
  ['another conversation', { name: 'message.sent', data: { conversationId: 'd', clientId: 'x', seq: 3 } }, false],
  ['other news', { name: 'message.stored', data: { update: { conversationId: 'c', messages: [] } } }, false],
  ['what is no fact', 'nonsense', false],
  ['nothing', null, false],
])('of the dead letters of a deleted message %s', (_, body, expected) => expect(holds({ body }, erased)).toBe(expected));
