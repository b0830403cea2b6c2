import type { Kind } from './ledger.ts';

/** A way in which the platform, or the client, could be wrong. */
export interface Flaw {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  readonly name: string;
  /** None in the control, a copy that is as the original is: what is seen of it is not the work of a flaw. */
  readonly flaws: readonly Flaw[];
  /** What has to break for it to show; nothing, where it shows without. */
  readonly breaks: readonly string[];
  /** All of what the checker has to see of it; nothing else may be seen of the control. */
  readonly seen: readonly Kind[];
}

export const mutants: readonly Mutant[] = [
  { name: 'nothing is wrong', flaws: [], breaks: ['kill -9: socket-handler', 'kill -9: rabbitmq', 'kill -9: messages'], seen: [] },
  {
    name: 'the tick comes before the commit',
    flaws: [
      {
        file: 'messages/src/store.ts',
        find: 'const { rows } = await database.query(statement(now, newConversations, parameters(gathering, ids)));',
        replace: `const client = await database.connect();
      await client.query('BEGIN');
      setTimeout(() => void client.query('COMMIT').then(() => client.release(), () => client.release(true)), 200);
      const { rows } = await client.query(statement(now, newConversations, parameters(gathering, ids)));`,
      },
    ],
    breaks: [],
    seen: ['ticked, not stored'],
  },
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
    name: 'the store does not know a message again',
    flaws: [
      {
        file: 'messages/prisma/migrations/20261120000000_conversations/migration.sql',
        find: 'CREATE UNIQUE INDEX messages_client ON messages',
        replace: 'CREATE INDEX messages_client ON messages',
      },
      {
        file: 'messages/prisma/migrations/20261121000000_own_versions/migration.sql',
        find: 'AND m.client_id = s.client_id',
        replace: 'AND m.client_id = s.client_id AND false',
      },
    ],
    // What is on its way when its socket breaks comes again; so does what was not acknowledged, and what somebody sends from two devices.
    breaks: ['kill -9: socket-handler', 'kill -9: messages'],
    seen: ['doubled'],
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
    name: 'a pod that may have missed something keeps it to itself',
    flaws: [
      {
        file: 'common/src/sockets/open-sockets.ts',
        find: '      const devices = [...roster];',
        replace: '      const devices = [...roster].slice(0, 0);',
      },
    ],
    // Whoever asks every minute finds out; some never do.
    breaks: ['cut: socket-handler to rabbitmq', 'kill -9: rabbitmq'],
    seen: ['too late'],
  },
  {
    name: 'everybody on a pod is told',
    flaws: [
      {
        file: 'socket-handler/src/relay.ts',
        find: 'for (const device of sockets.of(userId)) {',
        replace: 'for (const device of [...sockets.of(userId), ...sockets]) {',
      },
    ],
    breaks: [],
    seen: ['seen by a third'],
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
    name: 'a notice counts one too many',
    flaws: [
      {
        file: 'messages/src/outcomes.ts',
        find: 'const list = { lastSeq: side.lastSeq, unread: capped(side.unread),',
        replace: 'const list = { lastSeq: side.lastSeq, unread: capped(side.unread + 1),',
      },
    ],
    breaks: [],
    seen: ['unread wrong'],
  },
  {
    name: 'nobody ever departs',
    flaws: [
      {
        file: 'notifications/src/presence/keeper.ts',
        find: 'await this.#takeDepartures();',
        replace: '',
      },
    ],
    breaks: [],
    seen: ['presence wrong'],
  },
  ...(['edited', 'reacted', 'deleted'] as const).map(
    (kind): Mutant => ({
      name: `nobody is answered who has ${kind} a message`,
      flaws: [
        {
          file: 'messages/src/outcomes.ts',
          find: 'const answered = concealed !== senderId && !closed;',
          replace: `const answered = concealed !== senderId && !closed && command.name !== 'message.${kind}';`,
        },
      ],
      breaks: [],
      seen: ['never answered'],
    }),
  ),
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
    name: 'everybody is told who comes and goes',
    flaws: [
      {
        file: 'notifications/src/presence/audience.ts',
        find: 'for (const observer of this.#byPerson.get(userId) ?? nobodyHere) if',
        replace: 'for (const observer of this) if',
      },
    ],
    breaks: [],
    seen: ['seen by a third'],
  },
  {
    name: 'a stranger may read whatever they can name',
    flaws: [
      {
        file: 'messages/src/pages.ts',
        find: 'const conversationId = conversationIdOf(viewerId, peerId);',
        replace: `const { rowCount } = await database.query('SELECT FROM conversations WHERE conversation_id = $1', [peerId]);
  const conversationId = rowCount ? peerId : conversationIdOf(viewerId, peerId);`,
      },
    ],
    breaks: [],
    seen: ['seen by a third'],
  },
  {
    name: 'a stranger may do whatever they can name',
    flaws: [
      {
        file: 'socket-handler/src/chat.ts',
        find: 'const known = state.conversations.get(peerId);',
        // The id of a conversation, where one of a person belongs.
        replace: "const known = peerId[14] === '8' ? peerId : state.conversations.get(peerId);",
      },
      {
        file: 'messages/src/commands.ts',
        find: 'if (conversationId !== conversationIdOf(senderId, peerId)) return false;',
        replace: 'if (conversationId !== peerId && conversationId !== conversationIdOf(senderId, peerId)) return false;',
      },
    ],
    breaks: [],
    seen: ['not as stored'],
  },
  {
    name: 'a process ends by itself',
    flaws: [
      {
        file: 'users/src/main.ts',
        find: "await runService('users', readConfig, startUsers);",
        replace: `await runService('users', readConfig, startUsers);
setTimeout(() => process.exit(1), 15_000);`,
      },
    ],
    breaks: [],
    seen: ['ended badly'],
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
