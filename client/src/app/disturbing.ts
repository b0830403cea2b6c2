import { FOR_EVER } from '../features/conversations/conversations-slice.ts';
import { isQuiet, settingsTold } from '../features/notifications/notifications-slice.ts';
import { useAppDispatch, useAppSelector, useParley } from './hooks.ts';
import { useComplaining } from './toasts.tsx';
import { useNow } from './when.ts';

const HOUR_MS = 3_600_000;
/** When the night is over. */
const MORNING_HOUR = 8;

const times = ['hour', 'morning', 'ever'] as const;
export type QuietTime = (typeof times)[number];

function morningAfter(now: number): string {
  const morning = new Date(now);
  if (morning.getHours() >= MORNING_HOUR) morning.setDate(morning.getDate() + 1);
  morning.setHours(MORNING_HOUR, 0, 0, 0);
  return morning.toISOString();
}

/** Until when nothing speaks up, on none of my devices. */
export function useDisturbing() {
  const settings = useAppSelector(({ notifications }) => notifications);
  const change = useNotificationSettings();
  const now = useNow();
  const until = isQuiet(settings, now) ? settings.doNotDisturbUntil : null;
  const untils = { hour: () => new Date(now + HOUR_MS).toISOString(), morning: () => morningAfter(now), ever: () => FOR_EVER };
  return {
    until,
    isForEver: until === FOR_EVER,
    times,
    change: (time: QuietTime | undefined) => change({ doNotDisturbUntil: time === undefined ? null : untils[time]() }),
  };
}

/** Changes what the server keeps of it; what did not work says why. */
export function useNotificationSettings() {
  const parley = useParley();
  const dispatch = useAppDispatch();
  const complain = useComplaining();
  return (input: { doNotDisturbUntil?: string | null; showLastSeen?: boolean }) =>
    void parley.request('patch', '/api/notifications/settings', input).then((settings) => void dispatch(settingsTold(settings)), complain);
}
