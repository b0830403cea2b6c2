import type { Mutant } from './mutants.ts';

export const mutantsOfPlatform: readonly Mutant[] = [
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
    name: 'a pod that may have missed something keeps it to itself',
    flaws: [
      {
        file: 'common/src/sockets/open-sockets.ts',
        find: '      const devices = [...roster];',
        replace: '      const devices = [...roster].slice(0, 0);',
      },
    ],
    // Notices are lost while people go on talking. Whoever asks every minute finds out; some never do.
    breaks: ['cut: notifications to rabbitmq'],
    seen: ['too late'],
    says: /which is silent/,
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
    name: 'a message goes where the one before it went',
    flaws: [
      {
        file: 'socket-handler/src/chat.ts',
        find: 'const conversationId = conversationIdOf(userId, peerId);',
        replace: 'const conversationId = state.conversations.values().next().value ?? conversationIdOf(userId, peerId);',
      },
      {
        file: 'messages/src/commands.ts',
        find: 'if (conversationId !== conversationIdOf(senderId, peerId)) return false;',
        replace: '',
      },
    ],
    breaks: [],
    seen: ['seen by a third'],
    says: /was written into/,
  },
  {
    name: 'an edit is answered before it is given',
    flaws: [
      {
        file: 'socket-handler/src/speech.ts',
        find: '        return commands.give(device, frame);',
        replace: `        if (frame.type === 'edit' && frame.clientId.endsWith('0')) return device.tell<ChatDown>({ type: 'refused', clientId: frame.clientId, code: 'edited-elsewhere' });
        return commands.give(device, frame);`,
      },
    ],
    breaks: [],
    seen: ['not as stored'],
    says: /refused without a reason/,
  },
  {
    name: 'a process that is told to stop falls',
    flaws: [
      {
        file: 'users/src/main.ts',
        find: "await runService('users', readConfig, startUsers);",
        replace: `process.on('SIGTERM', () => process.exit(1));
await runService('users', readConfig, startUsers);`,
      },
    ],
    breaks: ['stop: users'],
    seen: ['ended badly'],
    says: /told to stop/,
  },
  {
    name: 'a process ends by itself',
    flaws: [
      {
        file: 'users/src/main.ts',
        find: "await runService('users', readConfig, startUsers);",
        replace: `setTimeout(() => process.exit(1), 15_000);
await runService('users', readConfig, startUsers);`,
      },
    ],
    breaks: [],
    seen: ['ended badly'],
  },
  {
    name: 'PostgreSQL answers before it is safe',
    flaws: [
      {
        file: 'platform/src/postgres/postgres.ts',
        find: '...asParameters({ ...settings, ...settingsOf(address), ...given })',
        replace:
          "...asParameters({ ...settings, ...settingsOf(address), ...given, synchronous_commit: 'off', wal_writer_delay: '10000ms' })",
      },
    ],
    breaks: ['kill -9: postgres'],
    seen: ['lost'],
  },
  {
    name: 'who was on a pod that died is there for ever',
    flaws: [
      {
        file: 'common/src/registry/scripts.ts',
        find: "for _, dead in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', '(' .. now(), 'LIMIT', 0, 10)) do forget(dead) end",
        replace: '',
      },
    ],
    breaks: ['kill -9: notifications'],
    seen: ['presence wrong'],
  },
];
