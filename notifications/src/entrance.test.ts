import { expect, test, vi } from 'vitest';
import type { NotificationDevice } from './device.ts';
import { createEntrance, type EntranceOptions } from './entrance.ts';
import { Audience } from './presence/audience.ts';

test('[D9] whoever comes again before their first device is let in, which then is gone, is told who is there', async () => {
  const registered = Promise.withResolvers<void>();
  const learn = vi.fn();
  const audience = new Audience();
  const device = () => ({ userId: 'ada', account: {}, gone: undefined, state: { watched: new Set() } }) as unknown as NotificationDevice;
  const here = [device(), device()] as [NotificationDevice, NotificationDevice];
  const entrance = createEntrance({
    audience,
    membership: { add: () => registered.promise, remove: async () => {} },
    acquaintance: { learn },
    keeper: { arrived() {} },
    accounts: { tellInbox() {} },
    devicesOf: () => here.filter(({ gone }) => !gone),
    onLook() {},
    now: Date.now,
  } as unknown as EntranceOptions);
  const opened = here.map((one) => entrance.opened(one));
  here[0].gone = 'left';
  entrance.closed(here[0], 'left');
  registered.resolve();
  await Promise.all(opened);
  await new Promise(setImmediate);
  expect(learn.mock.calls).toEqual([[audience.of('ada')]]);
});
