import type { Story } from '../story.ts';
import { mayaAndHana, mayaAndInes, mayaAndJonas, mayaAndLeo, mayaAndPriya } from './maya-and-others.ts';
import { mayaAndTom } from './maya-and-tom.ts';
import { inesAndHana, tomAndHana, tomAndInes, tomAndJonas, tomAndLeo, tomAndPriya } from './tom-and-others.ts';

/** Some weeks at a small radio station by the sea. */
export const stories: readonly Story[] = [
  mayaAndTom,
  mayaAndInes,
  mayaAndJonas,
  mayaAndPriya,
  mayaAndHana,
  mayaAndLeo,
  tomAndInes,
  tomAndLeo,
  tomAndPriya,
  tomAndJonas,
  tomAndHana,
  inesAndHana,
];
