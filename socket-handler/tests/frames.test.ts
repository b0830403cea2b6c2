import { closeCodes, limits, uuidv7 } from '@parley/common/contracts';
import { signedIn, testPlatform, until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { type Client, connect, send } from './client.ts';
import { SHARDS, startPod } from './pods.ts';
import { openStore } from './store.ts';

const badFrame = { code: closeCodes['bad-frame'].code, reason: 'bad-frame' };

/** A content that has a length, which is so many lists in each other. */
const nested = (levels: number) => `{"type":"send","content":{"kind":"text","text":{"length":${'['.repeat(levels)}${']'.repeat(levels)}}}}`;

const noFrames: [string, (client: Client) => void][] = [
  ['text that is not JSON', (client) => client.socket.send('{"type":')],
  ['a number', (client) => client.socket.send('42')],
  ['null', (client) => client.socket.send('null')],
  ['an object without a type', (client) => client.socket.send('{}')],
  ['an array that holds something else', (client) => client.socket.send('[{"type":"ping"},null]')],
  [
    'more frames than one message may carry',
    (client) => client.socket.send(JSON.stringify(Array(limits.framesPerMessage + 1).fill({ type: 'ping' }))),
  ],
  ['a frame that is nested too deeply', (client) => client.socket.send(nested(limits.nesting))],
  ['a text that says how long it is by a list without end', (client) => client.socket.send(nested(30_000))],
  ['bytes', (client) => client.socket.send(Buffer.from('{"type":"ping"}'))],
  ['a message that is too large', (client) => client.socket.send(' '.repeat(limits.frameBytes + 1))],
  ['text that is not UTF-8', (client) => client.socket.send(Buffer.from([0xc3, 0x28]), { binary: false })],
];

test.each(noFrames)('%s ends the socket for good', async (_name, say) => {
  await using platform = testPlatform();
  const { url } = await startPod(platform);
  await using client = await connect(url, signedIn());
  say(client);
  expect(await client.closed).toEqual(badFrame);
});

test('a newer client may say what this pod does not know', async () => {
  await using platform = testPlatform();
  const store = await openStore(platform, SHARDS);
  const { url } = await startPod(platform);
  const bob = signedIn();
  await using client = await connect(url, signedIn());
  const clientId = uuidv7();

  client.say(
    { type: 'wave' } as never,
    { type: 'call', clientId, to: bob.userId } as never,
    { ...send(bob, 'Hello.'), mood: 'fine' } as never,
  );

  expect(await client.see('error')).toMatchObject({ code: 'unknown-frame' });
  expect(await client.see('refused')).toEqual({ type: 'refused', clientId, code: 'unknown-frame' });
  const [sent] = await until(() => store.sent.length > 0 && store.sent);
  expect(sent).not.toHaveProperty('mood');
});

test('a command that can never be taken is refused for good, and what follows it is taken', async () => {
  await using platform = testPlatform();
  const store = await openStore(platform, SHARDS);
  const { url } = await startPod(platform);
  const [alice, bob] = [signedIn(), signedIn()];
  await using client = await connect(url, alice);
  const wrong = [
    send(bob, ''),
    send(bob, 'x'.repeat(limits.messageText + 1)),
    send(bob, 'a\0b'),
    send(bob, '\ud800'),
    { ...send(bob, 'Hi.'), replyTo: 0 },
    // Another spelling of an id would be another conversation.
    { ...send(bob, 'Hi.'), to: bob.userId.toUpperCase() },
  ];
  const toMyself = send(alice, 'Note to self.');
  const right = send(bob, '😀'.repeat(limits.messageText));

  client.say(...wrong, toMyself, right);

  await client.see('update');
  expect(store.sent.map(({ clientId }) => clientId)).toEqual([right.clientId]);
  expect(client.saw('refused')).toEqual([
    ...wrong.map(({ clientId }) => ({ type: 'refused', clientId, code: 'invalid-input' })),
    { type: 'refused', clientId: toMyself.clientId, code: 'written-to-self' },
  ]);
});

test('each kind of command becomes its fact', async () => {
  await using platform = testPlatform();
  const { world } = await platform.world('socket-handler');
  const names = ['message.sent', 'message.edited', 'message.deleted', 'message.reacted', 'message.delivered', 'message.read'] as const;
  const facts: { name: string; data: object }[] = [];
  await world.bus.hear({
    kind: 'shards',
    queue: 'messages',
    shards: SHARDS,
    names: [...names],
    handle: async (batch) => void facts.push(...batch),
  });
  const { url } = await startPod(platform);
  const [alice, bob] = [signedIn(), signedIn()];
  await using client = await connect(url, alice);
  const command = () => ({ clientId: uuidv7(), to: bob.userId, seq: 3 });
  const content = { kind: 'text', text: 'Hi.' } as const;

  client.say(
    { ...send(bob, 'Hi.'), replyTo: 2 },
    { type: 'edit', ...command(), saw: 7, content },
    { type: 'delete', ...command(), scope: 'me' },
    { type: 'react', ...command(), emoji: '👍', set: true },
    { type: 'delivered', ...command() },
    { type: 'read', ...command() },
  );

  await until(() => facts.length === names.length);
  expect(facts.map(({ name }) => name)).toEqual(names);
  const [sent, edited, deleted, reacted, delivered, read] = facts.map(({ data }) => data);
  for (const data of [sent, edited, deleted, reacted, delivered, read])
    expect(data).toMatchObject({ senderId: alice.userId, peerId: bob.userId });
  expect(sent).toMatchObject({ content, replyTo: 2 });
  expect(edited).toMatchObject({ content, seq: 3, saw: 7 });
  expect(deleted).toMatchObject({ seq: 3, scope: 'me' });
  expect(reacted).toMatchObject({ seq: 3, emoji: '👍', set: true });
  expect(delivered).toMatchObject({ seq: 3 });
  expect(read).toMatchObject({ seq: 3 });
});
