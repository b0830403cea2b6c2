import { hearersOf, updateFor } from '@parley/common/contracts';
import type { Person, Scene } from './cast.ts';

/** Everything that a person's devices were told on either socket since, as it reaches them. */
export function hearing(scene: Scene, person: Person) {
  const since = { frames: scene.heard['socket-handler'].length, notices: scene.heard.notifications.length };
  const toThem = (outcomes: Scene['heard'][keyof Scene['heard']]) =>
    outcomes.flatMap(({ name, data }): unknown[] => {
      if (name === 'message.refused') return data.senderId === person.userId ? [data.code] : [];
      if (name === 'settings.changed') return data.userId === person.userId ? [data] : [];
      return hearersOf(data).includes(person.userId) ? [{ update: updateFor(data, person.userId), list: data.lists?.[person.userId] }] : [];
    });
  return () => ({
    frames: toThem(scene.heard['socket-handler'].slice(since.frames)),
    notices: toThem(scene.heard.notifications.slice(since.notices)),
  });
}

export const silence = { frames: [], notices: [] };
