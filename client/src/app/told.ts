import type { ParleyEvent } from '@parley/client-library';
import type { NotificationDown } from '@parley/common/contracts';
import { createAction } from '@reduxjs/toolkit';

type Kind = ParleyEvent['kind'];
type Frame = NotificationDown['type'];

/** What the client library tells, each kind as one action; a slice listens to those it cares about. */
const toldOf = <K extends Kind>(kind: K) => createAction<Extract<ParleyEvent, { kind: K }>>(`parley/${kind}`);
/** A frame of the notification socket, likewise. */
const frameOf = <T extends Frame>(type: T) => createAction<Extract<NotificationDown, { type: T }>>(`frame/${type}`);

export const told = {
  conversation: toldOf('conversation'),
  list: toldOf('list'),
  outbox: toldOf('outbox'),
  typing: toldOf('typing'),
  connection: toldOf('connection'),
  clock: toldOf('clock'),
};

export const frame = {
  presence: frameOf('presence'),
  presenceUnknown: frameOf('presence-unknown'),
  person: frameOf('person'),
  personGone: frameOf('person-gone'),
  account: frameOf('account'),
  notice: frameOf('notice'),
  settings: frameOf('settings'),
  inbox: frameOf('inbox'),
  preferences: frameOf('preferences'),
};

/** The one way from what the library tells to what the slices hear. */
export const actionOf = (event: ParleyEvent) =>
  event.kind === 'notification'
    ? { type: `frame/${event.frame.type}`, payload: event.frame }
    : { type: `parley/${event.kind}`, payload: event };

/** Everything of the account that was signed in is forgotten. */
export const forgotten = createAction('session/forgotten');
