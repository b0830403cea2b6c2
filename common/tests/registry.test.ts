import { randomUUID } from 'node:crypto';
import { openEmbeddedRegistry, openRedisRegistry, type Registry } from '@parley/common/registry';
import { podsOf, setting, testClock, testLease, testLog, testRedis, twoPods } from '@parley/common/testing';
import { afterAll, describe, expect, test } from 'vitest';

const [ann, ben, cleo] = [randomUUID(), randomUUID(), randomUUID()];

/** One suite for both adapters: what holds in one process holds in a cluster. */
describe(`the registry, ${setting}`, () => {
  const redis = testRedis();
  const opened = new AsyncDisposableStack();
  afterAll(async () => {
    await opened.disposeAsync();
    await redis[Symbol.asyncDispose]();
  });
  /** As a process opens it: the embedded one has one process only. */
  const open = (): (() => Promise<Registry>) => {
    const clock = testClock();
    const prefix = `${redis.prefix}${randomUUID()}:`;
    const embedded = openEmbeddedRegistry({ clock });
    return async () =>
      setting === 'embedded'
        ? embedded
        : opened.use(await openRedisRegistry({ url: redis.url, prefix, log: testLog, lease: testLease, clock }));
  };

  test('tells the pods of a group that hold a device of each person', async () => {
    const { one, two, registry } = await twoPods(open());
    await one.add(ann);
    await one.add(ben);
    await two.add(ben);
    expect(await podsOf(registry, [ann, ben, cleo])).toEqual({ [ann]: ['one'], [ben]: ['one', 'two'] });
    expect(await podsOf(registry, [])).toEqual({});
    expect(await registry.podsOf('other', [ann])).not.toEqual(new Map([[ann, ['one']]]));
  });

  test('counts devices: a person is there until the last one on the pod is gone', async () => {
    const { one, registry } = await twoPods(open());
    await Promise.all([one.add(ann), one.add(ann), one.add(ann)]);
    await one.remove(ann);
    await one.remove(ann);
    expect(await podsOf(registry, [ann])).toEqual({ [ann]: ['one'] });
    await one.remove(ann);
    expect(await podsOf(registry, [ann])).toEqual({});
    await one.remove(ann);
    await one.add(ann);
    expect(await podsOf(registry, [ann])).toEqual({ [ann]: ['one'] });
  });

  test('knows a device as soon as add resolves, however many come at once', async () => {
    const { one, two, registry } = await twoPods(open());
    const people = Array.from({ length: 2_500 }, () => randomUUID());
    await Promise.all(
      people.map(async (userId, index) => {
        const [pod, name] = index % 2 === 0 ? [one, 'one'] : [two, 'two'];
        await pod.add(userId);
        if (index % 100 === 0) expect(await podsOf(registry, [userId])).toEqual({ [userId]: [name] });
      }),
    );
    expect(Object.keys(await podsOf(registry, people))).toHaveLength(people.length);
    await Promise.all(people.map((userId) => one.remove(userId)));
    expect(Object.keys(await podsOf(registry, people))).toHaveLength(people.length / 2);
  });

  test('forgets a pod that says goodbye, and remembers who departed with it', async () => {
    const { one, two, registry } = await twoPods(open());
    await Promise.all([one.add(ann), one.add(ben), two.add(ben)]);
    await one[Symbol.asyncDispose]();
    expect(await podsOf(registry, [ann, ben])).toEqual({ [ben]: ['two'] });
    expect((await two.departures(Number.MAX_SAFE_INTEGER, 10)).map(({ userId }) => userId)).toEqual([ann]);
  });

  test('remembers departures since the last sign of life, until they are settled or the person is back', async () => {
    const { one, two } = await twoPods(open());
    await Promise.all([one.add(ann), one.add(ben), one.add(cleo), two.add(cleo)]);
    await one.remove(ben, 2_000);
    await one.remove(ann, 1_000);
    await one.remove(cleo, 1_000);
    expect(await two.departures(999, 10)).toEqual([]);
    expect(await two.departures(1_500, 10)).toEqual([{ userId: ann, since: 1_000 }]);
    expect(await two.departures(2_000, 1)).toEqual([{ userId: ann, since: 1_000 }]);
    await two.settle([{ userId: ann, since: 999 }]);
    expect(await two.departures(2_000, 10)).toEqual([
      { userId: ann, since: 1_000 },
      { userId: ben, since: 2_000 },
    ]);
    await two.settle([{ userId: ann, since: 1_000 }]);
    await two.add(ben);
    expect(await two.departures(2_000, 10)).toEqual([]);
  });

  test('ends with the devices that are there, whatever came and went before', async () => {
    const { one, registry } = await twoPods(open());
    const last = [];
    for (let round = 0; round < 20; round++) last.push(one.add(ann), one.remove(ann), one.add(ben));
    for (let round = 0; round < 19; round++) last.push(one.remove(ben));
    await Promise.all(last);
    expect(await podsOf(registry, [ann, ben])).toEqual({ [ben]: ['one'] });
  });
});
