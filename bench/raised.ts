/** Limits that one address and one person never meet in earnest: what an operator may set, raised. */
export const raised: Readonly<Record<string, string>> = {
  RATE_LIMIT_FACTOR: '0',
  FRAMES_PER_SECOND: '100000',
  SOCKETS_PER_ADDRESS: '100000',
  SOCKETS_PER_SESSION: '10000',
  HANDSHAKES_PER_SECOND: '100000',
  NEW_CONVERSATIONS_PER_DAY: '100000',
};
