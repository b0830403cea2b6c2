import type { Service } from '@parley/common/contracts';

/** What the edge passes on, and to whom. The longest prefix decides; what is not here is never reached from outside. */
export interface Path {
  readonly prefix: string;
  readonly service: Service;
  /** WebSockets: long-lived, and told from requests by proxies. */
  readonly socket: boolean;
}

export const paths: readonly Path[] = [
  // What there is to ask for, for programs; every service knows all of it.
  { prefix: '/api/openapi.json', service: 'auth', socket: false },
  { prefix: '/api/asyncapi.json', service: 'auth', socket: false },
  { prefix: '/api/auth', service: 'auth', socket: false },
  { prefix: '/api/users', service: 'users', socket: false },
  { prefix: '/api/messages', service: 'messages', socket: false },
  { prefix: '/api/notifications', service: 'notifications', socket: false },
  { prefix: '/ws/chat', service: 'socket-handler', socket: true },
  { prefix: '/ws/notifications', service: 'notifications', socket: true },
];
