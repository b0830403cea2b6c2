import { notificationRoutes } from '@parley/common/contracts';
import type { createHttp } from '@parley/common/server';
import type { Inbox } from './inbox.ts';
import type { Preferences } from './preferences.ts';
import type { Pushes } from './push/pushes.ts';

export function answerNotifications(
  { answer }: ReturnType<typeof createHttp>,
  { inbox, preferences, pushes }: { inbox: Inbox; preferences: Preferences; pushes: Pushes },
) {
  answer(notificationRoutes.inbox, (input, { caller }) => inbox.page(caller.userId, input));
  answer(notificationRoutes.markInboxRead, async ({ entries }, { caller }) => ({ unread: await inbox.read(caller.userId, entries) }));
  answer(notificationRoutes.notificationSettings, (_, { caller }) => preferences.read(caller.userId));
  answer(notificationRoutes.changeNotificationSettings, (change, { caller }) => preferences.change(caller.userId, change));
  answer(notificationRoutes.push, (_, { caller }) => pushes.state(caller));
  answer(notificationRoutes.subscribePush, (target, { caller }) => pushes.subscribe(caller, target));
  answer(notificationRoutes.unsubscribePush, (_, { caller }) => pushes.endSessions([caller.sessionId]));
}
