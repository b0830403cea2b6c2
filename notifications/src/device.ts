import type { Device, Sockets } from '@parley/common/sockets';

/** What a notification socket is to this pod beside its person. */
export interface NotificationState {
  /** Whom it has on screen. */
  watched: ReadonlySet<string>;
  /** Whether somebody can see its page. */
  visible: boolean;
}

export type NotificationDevice = Device<NotificationState>;
export type NotificationSockets = Sockets<NotificationState>;
