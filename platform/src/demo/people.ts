import type { Portrait } from './portrait.ts';

/** Somebody who lives in the demo. */
export interface DemoPerson {
  readonly userName: string;
  readonly displayName: string;
  readonly about: string;
  readonly portrait: Portrait;
}

/** Cookies belong to a host: whoever has one of their own can be signed in beside the other. */
export interface Visited extends DemoPerson {
  readonly host: 'localhost' | '127.0.0.1';
}

/** Whom a visitor can be. */
export const visited = [
  {
    userName: 'maya',
    displayName: 'Maya Lindqvist',
    about: 'Draws the screens at Harbour Radio. Tea, tides, typefaces.',
    host: 'localhost',
    portrait: { sky: ['#f4b393', '#e2725b'], skin: '#f0c8a8', hair: '#7a3b1e', shirt: '#155e63', style: 'long' },
  },
  {
    userName: 'tom',
    displayName: 'Tom Okafor',
    about: 'Keeps the servers at Harbour Radio up. Runs before breakfast.',
    host: '127.0.0.1',
    portrait: { sky: ['#9bd0c9', '#2b7a78'], skin: '#8d5a3b', hair: '#1d1512', shirt: '#f2b134', style: 'short' },
  },
] as const satisfies readonly Visited[];

/** Who is there with them, and answers. */
export const company = [
  {
    userName: 'ines',
    displayName: 'Inês Duarte',
    about: 'Data at Harbour Radio. If it has a timestamp, I have opinions.',
    portrait: { sky: ['#c3b1e1', '#6a4fa3'], skin: '#d9a67e', hair: '#2a1a12', shirt: '#e85d75', style: 'bun' },
  },
  {
    userName: 'jonas',
    displayName: 'Jonas Weber',
    about: 'Cooks at the Lantern. Kitchen closes at ten, conversation does not.',
    portrait: { sky: ['#ffe3a3', '#e8a33d'], skin: '#f3d2b8', hair: '#c58b3c', shirt: '#3d405b', style: 'short' },
  },
  {
    userName: 'priya',
    displayName: 'Priya Raman',
    about: 'Physician on nights, climber on weekends.',
    portrait: { sky: ['#a8d5e5', '#3a7ca5'], skin: '#a8714a', hair: '#17110f', shirt: '#81b29a', style: 'long' },
  },
  {
    userName: 'leo',
    displayName: 'Leo Marchetti',
    about: 'Bass, mostly upright. Late, mostly not.',
    portrait: { sky: ['#f7c6c7', '#b56576'], skin: '#e3b48f', hair: '#3b2a20', shirt: '#2f3e46', style: 'curly' },
  },
  {
    userName: 'hana',
    displayName: 'Hana Sato',
    about: 'Photographs ships, strangers and the weather.',
    portrait: { sky: ['#d8e2dc', '#8aa399'], skin: '#f2cfb0', hair: '#111418', shirt: '#9d4edd', style: 'bob' },
  },
] as const satisfies readonly DemoPerson[];

export const everybody: readonly DemoPerson[] = [...visited, ...company];

export type UserName = (typeof visited)[number]['userName'] | (typeof company)[number]['userName'];

export const isVisited = (userName: string) => visited.some((person) => person.userName === userName);
