/** Within this an answer has come, and a message of honest people is seen, or something hangs: also where others use the machine. */
export const PATIENCE_MS = 20_000;
