import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import { forgotten } from '../../app/told.ts';

export type Theme = 'system' | 'light' | 'dark';
export type Language = 'en' | 'de';

export interface Preferences {
  readonly theme: Theme;
  readonly language: Language;
  /** Where there is room: a person's details beside the conversation with them. */
  readonly details: boolean;
  /** Notifications of the browser; `unasked`: nobody has decided yet. */
  readonly alerts: 'unasked' | 'on' | 'off';
  readonly sound: boolean;
  /** The emoji used last, the newest first: of whoever is signed in. */
  readonly recentEmoji: readonly string[];
}

/** So many emoji are remembered: two rows of the picker. */
const RECENT = 16;

/** Of this browser, whoever is signed in. */
export const preferencesSlice = createSlice({
  name: 'preferences',
  initialState: { theme: 'system', language: 'en', details: true, alerts: 'unasked', sound: true, recentEmoji: [] } as Preferences,
  reducers: {
    preferred: (state, { payload }: PayloadAction<Partial<Preferences>>) => ({ ...state, ...payload }),
    emojiUsed: (state, { payload }: PayloadAction<string>) => ({
      ...state,
      recentEmoji: [payload, ...state.recentEmoji.filter((sign) => sign !== payload)].slice(0, RECENT),
    }),
  },
  extraReducers: (builder) => builder.addCase(forgotten, (state) => ({ ...state, recentEmoji: [] })),
});

export const { preferred, emojiUsed } = preferencesSlice.actions;
