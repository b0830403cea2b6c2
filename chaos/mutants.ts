import type { Kind } from './ledger.ts';
import { mutantsOfClient } from './mutants-of-client.ts';
import { mutantsOfPlatform } from './mutants-of-platform.ts';

/** A way in which the platform, or the client, could be wrong. */
export interface Flaw {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  readonly name: string;
  /** None in the control, a copy that is as the original is: what is seen of it is not the work of a flaw. */
  readonly flaws: readonly Flaw[];
  /** What has to break for it to show; nothing, where it shows without. */
  readonly breaks: readonly string[];
  /** All of what the checker has to see of it; nothing else may be seen of the control. */
  readonly seen: readonly Kind[];
  /** And say of it, where others could have the same effect. */
  readonly says?: RegExp;
}

const control: Mutant = {
  name: 'nothing is wrong',
  flaws: [],
  // Whatever breaks for any of the others.
  breaks: [
    'kill -9: socket-handler',
    'kill -9: rabbitmq',
    'kill -9: messages',
    'cut: devices to nginx',
    'cut: socket-handler to rabbitmq',
    'cut: notifications to rabbitmq',
    'kill -9: notifications',
    'kill -9: postgres',
    'stop: users',
  ],
  seen: [],
};

export const mutants: readonly Mutant[] = [control, ...mutantsOfPlatform, ...mutantsOfClient];
