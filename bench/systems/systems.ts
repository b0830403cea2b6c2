import { ejabberd } from './ejabberd.ts';
import { cluster, embedded } from './parley.ts';
import { prosody } from './prosody.ts';
import { relay, socketio } from './relays.ts';
import type { SystemKind } from './system.ts';

export const systems: readonly SystemKind[] = [embedded, cluster, ejabberd, prosody, socketio, relay];
