export type { Device, Gone } from './device.ts';
export { openSockets, type Sockets, type SocketsOptions } from './open-sockets.ts';
export { defaultSettings, type SocketSettings, socketEnvironment, socketSettings } from './settings.ts';
export { type Rate, TokenBucket } from './token-bucket.ts';
