/** All that only somebody who is signed in needs, as one file of the build. */
export { openDevice } from './device.ts';
export { SignedIn } from './signed-in.tsx';
export { sweep } from './storage.ts';
