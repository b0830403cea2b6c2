import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import { forgotten } from '../../app/told.ts';

/** What was begun and not sent, by the person it is for. */
export const draftsSlice = createSlice({
  name: 'drafts',
  initialState: {} as Record<string, string>,
  reducers: {
    draftsRestored: (_state, { payload }: PayloadAction<Record<string, string>>) => payload,
    drafted(state, { payload: { peerId, text } }: PayloadAction<{ peerId: string; text: string }>) {
      if (text.trim() === '') delete state[peerId];
      else state[peerId] = text;
    },
  },
  extraReducers: (builder) => builder.addCase(forgotten, () => ({})),
});

export const { drafted, draftsRestored } = draftsSlice.actions;
