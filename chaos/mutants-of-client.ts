import type { Mutant } from './mutants.ts';

export const mutantsOfClient: readonly Mutant[] = [
  {
    name: 'a repeated message is not known again',
    flaws: [
      {
        file: 'client/library/src/outbox.ts',
        find: 'transmit?.(commands.filter(({ clientId }, at) => at === 0 || clientId !== first?.clientId));',
        replace: `transmit?.(all.map(({ command, state }) =>
        state === 'sent' && command.type === 'send' ? { ...command, clientId: \`\${command.clientId.slice(0, -4)}\${Math.random().toString(16).slice(2, 6).padEnd(4, '0')}\` } : command));`,
      },
    ],
    // The store takes it for another message, so nothing is doubled: what stands there is one that nobody wrote.
    breaks: ['cut: devices to nginx', 'kill -9: messages'],
    seen: ['not as stored'],
  },
  {
    name: 'an outbox sends what was written last first',
    flaws: [
      {
        file: 'client/library/src/outbox.ts',
        find: 'const next = () => inOrder().filter(isUnanswered).slice(0, Math.floor(onTheWay));',
        replace: 'const next = () => inOrder().filter(isUnanswered).slice(0, Math.floor(onTheWay)).toReversed();',
      },
    ],
    // Much has to wait at once.
    breaks: ['kill -9: socket-handler', 'cut: devices to nginx'],
    seen: ['out of order'],
  },
  {
    name: 'a gap is passed over',
    flaws: [
      {
        file: 'client/library/src/conversation.ts',
        find: "if (update.from > held.version) return { held, applied: 'gap' };",
        replace: '',
      },
    ],
    breaks: ['cut: socket-handler to rabbitmq', 'kill -9: socket-handler'],
    seen: ['gap unnoticed'],
  },
  {
    name: 'the outbox forgets what it has sent',
    flaws: [
      {
        file: 'client/library/src/outbox.ts',
        find: "for (const entry of all) if (entry.state !== 'sent') put({ ...entry, state: 'sent' });",
        replace: 'for (const entry of all) entries.delete(entry.command.clientId);',
      },
    ],
    // What is not stored was shown to nobody, so its tick is missing too.
    breaks: ['cut: socket-handler to rabbitmq', 'kill -9: rabbitmq'],
    seen: ['lost', 'never answered'],
  },
  {
    name: 'a device says that it has what it has not saved',
    flaws: [
      {
        file: 'client/library/src/client.ts',
        find: 'receipts.saved(saved.peerId, saved.lastPeerSeq);',
        replace: 'receipts.saved(saved.peerId, saved.lastPeerSeq + 3);',
      },
    ],
    breaks: [],
    seen: ['receipt ahead of truth'],
  },
  {
    name: 'what somebody deletes for themselves stays on their other devices',
    flaws: [
      {
        file: 'client/library/src/conversation.ts',
        find: 'withRows(held, update.messages, update.hidden ?? [])',
        replace: 'withRows(held, update.messages, [])',
      },
    ],
    breaks: [],
    seen: ['not as stored'],
  },
  {
    name: 'a message waits two minutes before it is stored',
    flaws: [
      {
        file: 'client/library/src/outbox.ts',
        find: 'transmit = send;',
        replace: 'setTimeout(() => { transmit = send; sendAll(); }, 120_000);',
      },
    ],
    // Longer than all of the talk and the calm after it, in which it has to be seen.
    breaks: [],
    seen: ['too late'],
  },
];
