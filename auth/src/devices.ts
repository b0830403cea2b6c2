import type { Request } from 'express';

/** Where somebody signs in from, as the list of their sessions will name it. */
export interface Device {
  readonly name: string;
  readonly address: string | null;
}

// The order decides: Edge calls itself Chrome, Chrome calls itself Safari.
const browsers = { Firefox: /Firefox\/|FxiOS\//, Edge: /Edg(e|A|iOS)?\//, Opera: /OPR\//, Chrome: /Chrome\/|CriOS\//, Safari: /Safari\// };
const systems = {
  iPhone: /iPhone/,
  iPad: /iPad/,
  Android: /Android/,
  Windows: /Windows/,
  ChromeOS: /CrOS/,
  macOS: /Mac OS X|Macintosh/,
  Linux: /Linux/,
};

const firstIn = (names: Record<string, RegExp>, text: string) => Object.entries(names).find(([, pattern]) => pattern.test(text))?.[0];

/** What it calls itself, or what its browser gives away; no more than that. */
export function deviceOf(request: Request, givenName: string | undefined): Device {
  return { name: givenName || nameOf(request.get('user-agent') ?? ''), address: addressOf(request) };
}

/** IPv4 as people write it, also where it came over an IPv6 socket. */
export const addressOf = ({ ip }: Request): string | null => ip?.replace(/^::ffff:(?=\d+\.)/i, '') ?? null;

export function nameOf(userAgent: string): string {
  const browser = firstIn(browsers, userAgent);
  const system = firstIn(systems, userAgent);
  if (browser && system) return `${browser} on ${system}`;
  return browser ?? system ?? 'Unknown device';
}
