import type { Notice, NotificationSettings } from '@parley/common/contracts';
import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import { forgotten, frame } from '../../app/told.ts';

type Settings = Pick<NotificationSettings, 'doNotDisturbUntil' | 'showLastSeen'>;

interface State extends Settings {
  /** Unread events of the account in the inbox. */
  readonly account: number;
  /** What came and was not dealt with yet: what may speak up, and what was read somewhere. */
  readonly came: readonly Notice[];
  /** Something that may speak up came since the page was opened. */
  readonly spoken: boolean;
  /** How often the settings were told live: an answer that was asked for before is older. */
  readonly settingsHeard: number;
}

const initialState: State = { doNotDisturbUntil: null, showLastSeen: true, account: 0, came: [], spoken: false, settingsHeard: 0 };

export const notificationsSlice = createSlice({
  name: 'notifications',
  initialState,
  reducers: {
    settingsTold: (state, { payload: { doNotDisturbUntil, showLastSeen } }: PayloadAction<Settings>) => ({
      ...state,
      doNotDisturbUntil,
      showLastSeen,
    }),
    /** An answer, and what had been heard when it was asked for. */
    settingsRead: (state, { payload: { settings, heard } }: PayloadAction<{ settings: Settings; heard: number }>) =>
      heard === state.settingsHeard
        ? { ...state, doNotDisturbUntil: settings.doNotDisturbUntil, showLastSeen: settings.showLastSeen }
        : state,
    dealtWith: (state) => ({ ...state, came: [] }),
  },
  extraReducers: (builder) =>
    builder
      .addCase(frame.notice, (state, { payload: { notice } }) =>
        notice.notify || notice.unread === 0 ? { ...state, came: [...state.came, notice], spoken: state.spoken || notice.notify } : state,
      )
      .addCase(frame.inbox, (state, { payload: { account } }) => ({ ...state, account }))
      .addCase(frame.preferences, (state, { payload: { doNotDisturbUntil, showLastSeen } }) => ({
        ...state,
        doNotDisturbUntil,
        showLastSeen,
        settingsHeard: state.settingsHeard + 1,
      }))
      .addCase(forgotten, () => initialState),
});

export const { settingsTold, settingsRead, dealtWith } = notificationsSlice.actions;

/** While nothing may speak up. */
export const isQuiet = ({ doNotDisturbUntil }: Pick<State, 'doNotDisturbUntil'>, now: number) =>
  doNotDisturbUntil !== null && Date.parse(doNotDisturbUntil) > now;
