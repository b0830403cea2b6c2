/** Limits that keep strangers out before they reach what is behind; an operator may set them. */
export const raised: Readonly<Record<string, string>> = {
  RATE_LIMIT_FACTOR: '0',
  FRAMES_PER_SECOND: '1000000',
  SOCKETS_PER_ADDRESS: '100000',
  SOCKETS_PER_SESSION: '10000',
  HANDSHAKES_PER_SECOND: '100000',
  NEW_CONVERSATIONS_PER_DAY: '1000000',
};
