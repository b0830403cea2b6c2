import type { ConnectionState } from '@parley/client-library';
import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import { forgotten, frame, told } from '../../app/told.ts';

interface State {
  readonly chat: ConnectionState;
  readonly notifications: ConnectionState;
  /** Milliseconds that the server's clock is ahead of this device's. */
  readonly skew: number;
  /** This device could not save something: it would not survive a reload. */
  readonly unsaved: boolean;
  /** A newer version of the page is on this device and waits for its moment. */
  readonly newer: boolean;
  /** How often another session of mine began or ended. */
  readonly accountChanges: number;
}

const initialState: State = {
  chat: { at: 'stopped' },
  notifications: { at: 'stopped' },
  skew: 0,
  unsaved: false,
  newer: false,
  accountChanges: 0,
};

export const connectionSlice = createSlice({
  name: 'connection',
  initialState,
  reducers: {
    savingFailed: (state, _action: PayloadAction<undefined>) => ({ ...state, unsaved: true }),
    newerFound: (state, _action: PayloadAction<undefined>) => ({ ...state, newer: true }),
  },
  extraReducers: (builder) =>
    builder
      .addCase(told.connection, (state, { payload }) => ({ ...state, [payload.socket]: payload.state }))
      .addCase(told.clock, (state, { payload }) => ({ ...state, skew: Date.parse(payload.serverTime) - payload.heardAt }))
      .addCase(frame.account, (state) => ({ ...state, accountChanges: state.accountChanges + 1 }))
      .addCase(forgotten, ({ newer }) => ({ ...initialState, newer })),
});

export const { savingFailed, newerFound } = connectionSlice.actions;
