import { type Preferences, preferred } from '../features/settings/preferences-slice.ts';

/** Whether this browser shows notifications, as its owner wants it. */
export const alertsPreferred = (alerts: Preferences['alerts']) => preferred({ alerts });
