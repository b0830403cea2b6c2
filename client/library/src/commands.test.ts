import { expect, test } from 'vitest';
import { manualClock } from '../tests/manual-clock.ts';
import { createCommands } from './commands.ts';
import { type Command, createOutbox } from './outbox.ts';
import { createMemoryStore } from './storage/memory.ts';

const bob = '01890000-0000-7000-8000-000000000002';
const text = (words: string) => ({ kind: 'text', text: words }) as const;

test('[D7] whoever changes their message again before the first change was answered saw their own change, and not the message before it', async () => {
  const clock = manualClock();
  const outbox = createOutbox({ store: createMemoryStore(), clock, random: () => 0 });
  const commands = createCommands(outbox, clock);
  const sent: Command[] = [];
  await commands.edit(bob, 1, 7, text('Once'));
  await commands.edit(bob, 1, 7, text('Twice'));
  await commands.edit(bob, 2, 8, text('Another message'));
  outbox.connected((frames) => sent.push(...frames));
  const saws = sent.map((command) => command.type === 'edit' && command.saw);
  expect(saws).toEqual([7, Number.MAX_SAFE_INTEGER, 8]);
});

test('a change that was refused is none, and stands before no other one', async () => {
  const clock = manualClock();
  const outbox = createOutbox({ store: createMemoryStore(), clock, random: () => 0 });
  const commands = createCommands(outbox, clock);
  const clientId = await commands.edit(bob, 1, 7, text('Too late'));
  outbox.refused(clientId, 'edited-elsewhere');
  await commands.edit(bob, 1, 9, text('Once more'));
  expect(outbox.entries().at(-1)?.command).toMatchObject({ saw: 9 });
});
