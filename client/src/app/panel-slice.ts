import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import { forgotten } from './told.ts';

/** What stands beside a conversation, or over it where there is no room beside. */
export type Panel = 'details' | 'search';

interface State {
  /** What was asked for; undefined: nothing but what this browser's owner likes to have there. */
  readonly asked: Panel | undefined;
}

export const panelSlice = createSlice({
  name: 'panel',
  initialState: { asked: undefined } as State,
  reducers: {
    panelAsked: (_state, { payload }: PayloadAction<Panel | undefined>): State => ({ asked: payload }),
  },
  extraReducers: (builder) => builder.addCase(forgotten, (): State => ({ asked: undefined })),
});

export const { panelAsked } = panelSlice.actions;
