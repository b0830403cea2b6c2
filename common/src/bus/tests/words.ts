import { expect } from 'vitest';
import { until } from '../../testing/until.ts';
import { registered, sent, uuid } from './examples.ts';
import { type Case, memory } from './ground.ts';

export function words(holds: Case) {
  holds('hearers ignore fields and names that they do not know, and never stumble over what is no fact', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle: async (batch) => heard.take(batch) });
    await ground.inject('users', [
      { name: 'user.registered', data: { ...registered(1), colour: 'green' }, mood: 'good' },
      { name: 'user.grew-wings', data: {} },
      { name: 'user.registered', data: { ...registered(2), userId: 'nobody' } },
      'not a fact',
      { name: 'user.registered', data: registered(3) },
    ]);
    await bus.publish('user.registered', registered(4));
    await until(() => heard.numbers.length === 3);
    expect(heard.facts.map(({ data }) => data)).toEqual([registered(1), registered(3), registered(4)]);
    const dead = await bus.deadLetters.list('users');
    expect(dead.map(({ body }) => body)).toEqual([{ name: 'user.registered', data: { ...registered(2), userId: 'nobody' } }, 'not a fact']);
  });

  holds('a command or an outcome that is not of its shape is dead, and its neighbours are not', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    await bus.hear({ kind: 'shared', queue: 'messages', names: ['message.sent'], handle: async (batch) => heard.take(batch) });
    await ground.inject('messages', [
      { name: 'message.sent', data: { ...sent(1), content: { kind: 'text', text: 1 } } },
      { name: 'message.sent', data: sent(2) },
    ]);
    await until(() => heard.numbers.length === 1);
    expect(heard.numbers).toEqual([2]);
    expect(await bus.deadLetters.list('messages')).toHaveLength(1);
  });

  holds('a fact that is not as its contract says is refused when it is published', async (ground) => {
    const bus = await ground.pod();
    const wrong = { ...registered(1), userId: 'nobody' };
    await expect(bus.publish('user.registered', wrong)).rejects.toMatchObject({ code: 'invalid-input', details: [{ field: 'userId' }] });
    const more = { ...registered(1), email: 'anna@example.org' };
    await expect(bus.publish('user.registered', more)).rejects.toMatchObject({ code: 'invalid-input' });
    const outcome = { clientId: uuid(1), conversationId: uuid(1), senderId: uuid(2), code: 'no-such-code' } as never;
    await expect(bus.publish('message.refused', outcome, { to: { group: 'a', pods: [] } })).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });

  holds('[D10] what was written by a newer version is published with all that is in it', async (ground) => {
    const bus = await ground.pod();
    const heard = memory();
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle: async (batch) => heard.take(batch) });
    await bus.publish('user.registered', { ...registered(1), colour: 'green' } as never, { written: true });
    await until(() => heard.numbers.length === 1);
    expect(heard.facts[0]?.data).toMatchObject(registered(1));
  });
}
