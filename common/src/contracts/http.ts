import { authRoutes } from './http/auth.ts';
import { messageRoutes } from './http/messages.ts';
import { notificationRoutes } from './http/notifications.ts';
import { userRoutes } from './http/users.ts';

export * from './http/auth.ts';
export * from './http/messages.ts';
export * from './http/notifications.ts';
export * from './http/request.ts';
export * from './http/route.ts';
export * from './http/users.ts';

/** Every HTTP route of the platform. */
export const routes = { ...authRoutes, ...userRoutes, ...messageRoutes, ...notificationRoutes };
