import type { EventName } from './events.ts';

/**
 * Queues that keep facts for a service until it has handled them, and what they keep. Whoever publishes declares them too:
 * what is told before a service was started for the first time waits for it.
 */
export const lastingQueues = {
  users: ['user.registered', 'user.deleted', 'user.online', 'user.offline', 'person.blocked', 'person.unblocked'],
  messages: ['user.registered', 'user.deleted'],
  'notifications.accounts': ['user.logged-in', 'session.ended', 'user.deleted'],
  'notifications.pushes': ['person.unreached'],
} as const satisfies Record<string, readonly EventName[]>;
