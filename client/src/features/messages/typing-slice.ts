import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import { forgotten, told } from '../../app/told.ts';

/** Who is typing to me just now. */
export const typingSlice = createSlice({
  name: 'typing',
  initialState: {} as Record<string, true>,
  reducers: {
    /** They said nothing more for as long as it is believed. */
    typingFaded(state, { payload: peerId }: PayloadAction<string>) {
      delete state[peerId];
    },
  },
  extraReducers: (builder) =>
    builder
      .addCase(told.typing, (state, { payload: { peerId, active } }) => {
        if (active) state[peerId] = true;
        else delete state[peerId];
      })
      .addCase(forgotten, () => ({})),
});

export const { typingFaded } = typingSlice.actions;
