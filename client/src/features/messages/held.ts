import type { Held } from '@parley/client-library';
import type { UnknownAction } from '@reduxjs/toolkit';
import { forgotten, told } from '../../app/told.ts';

type State = Readonly<Record<string, Held>>;

/** What is held of each conversation, by the other person. Written by hand: these values are whole and large, and nothing may walk them. */
export function held(state: State = {}, action: UnknownAction): State {
  if (told.conversation.match(action)) return { ...state, [action.payload.held.peerId]: action.payload.held };
  return forgotten.match(action) ? {} : state;
}
