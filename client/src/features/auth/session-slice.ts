import type { Me } from '@parley/common/contracts';
import { createSlice, type PayloadAction } from '@reduxjs/toolkit';

/** Why somebody who was signed in is not any more; a person who signed out knows. */
export type Farewell = 'ended' | 'deleted';

export type SessionState =
  /** Not known yet. */
  | { readonly at: 'starting' }
  /** A part of the page did not come, or this device's store can't be read. */
  | { readonly at: 'failed' }
  | { readonly at: 'guest'; readonly farewell?: Farewell }
  | { readonly at: 'signed-in'; readonly me: Me };

export const sessionSlice = createSlice({
  name: 'session',
  initialState: { at: 'starting' } as SessionState,
  reducers: {
    startFailed: (_state, _action: PayloadAction<undefined>): SessionState => ({ at: 'failed' }),
    signedIn: (_state, { payload }: PayloadAction<Me>): SessionState => ({ at: 'signed-in', me: payload }),
    signedOut: (_state, { payload }: PayloadAction<Farewell | undefined>): SessionState => ({
      at: 'guest',
      ...(payload && { farewell: payload }),
    }),
  },
});

export const { startFailed, signedIn, signedOut } = sessionSlice.actions;
