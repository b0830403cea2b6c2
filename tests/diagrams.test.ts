import { glob, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ChatDown,
  ChatUp,
  closeCodes,
  type ErrorCode,
  type EventName,
  errors,
  events,
  NotificationDown,
  NotificationUp,
  type Route,
  routes,
  type Service,
  services,
} from '@parley/common/contracts';
import { describe, expect, test } from 'vitest';
import { paths } from '../platform/src/routing.ts';

/** docs/diagrams says in its README how its diagrams are written; here is what that is worth. */
const root = fileURLToPath(new URL('../docs/', import.meta.url));
const pages = ['sign-up', 'sign-in', 'sign-out', 'who-is-online', 'message-sent', 'message-read', 'notification', 'resume'];

type Part = { readonly kind: 'service'; readonly name: Service } | { readonly kind: 'device' | 'bus' | 'store' };

interface Arrow {
  readonly from: Part;
  readonly to: Part;
  readonly answers: boolean;
  readonly label: string;
}

interface Diagram {
  readonly arrows: readonly Arrow[];
  /** Lines that are no Mermaid, blocks that are not closed, parts that nobody introduced. */
  readonly faults: readonly string[];
}

const device = /^(Ada|Bob)'s (device|laptop|phone)$/;

function partOf(name: string): Part | undefined {
  if (name === 'bus') return { kind: 'bus' };
  if (name === 'PostgreSQL' || name === 'Redis') return { kind: 'store' };
  if (device.test(name)) return { kind: 'device' };
  return (services as readonly string[]).includes(name) ? { kind: 'service', name: name as Service } : undefined;
}

function read(markdown: string): Diagram {
  const blocks = [...markdown.matchAll(/```mermaid\n([\s\S]*?)```/g)].map(([, block]) => block as string);
  const faults = blocks.length === 1 ? [] : [`${blocks.length} diagrams`];
  const parts = new Map<string, Part>();
  const open: string[] = [];
  const arrows: Arrow[] = [];
  const lines = (blocks[0] ?? '').split('\n').map((line) => line.trim());
  if (lines.shift() !== 'sequenceDiagram') faults.push('not a sequence diagram');
  for (const line of lines.filter(Boolean)) {
    // For Mermaid the one ends a line, the other begins a character's number.
    if (/[;#]/.test(line)) faults.push(`no Mermaid: ${line}`);
    const [, alias, name = alias] = /^participant (\w+)(?: as (.+))?$/.exec(line) ?? [];
    const [, from, way, to, label] = /^(\w+)(->>|-->>)(\w+): (\S.*)$/.exec(line) ?? [];
    const [, over] = /^Note over (\w+(?:,\w+)*): \S/.exec(line) ?? [];
    const [, block] = /^(par|alt|opt|loop|and|else|end)\b/.exec(line) ?? [];
    if (alias && name) {
      const part = partOf(name);
      if (part) parts.set(alias, part);
      else faults.push(`nobody is called ${name}`);
    } else if (from && to && label) {
      const [giver, taker] = [parts.get(from), parts.get(to)];
      if (giver && taker) arrows.push({ from: giver, to: taker, answers: way === '-->>', label });
      else faults.push(`nobody introduced who is in: ${line}`);
    } else if (over)
      faults.push(
        ...over
          .split(',')
          .filter((one) => !parts.has(one))
          .map((one) => `nobody introduced ${one}`),
      );
    else if (block === 'end') open.pop() ?? faults.push('an end too many');
    else if (block === 'and' || block === 'else') {
      if (open.at(-1) !== (block === 'and' ? 'par' : 'alt')) faults.push(`${block} outside of its block`);
    } else if (block) open.push(block);
    else faults.push(`no Mermaid: ${line}`);
  }
  return { arrows, faults: [...faults, ...open.map((block) => `${block} without its end`)] };
}

const typesOf = (union: { options: readonly { shape: { type: { value: string } } }[] }) =>
  new Set(union.options.map(({ shape }) => shape.type.value));
const frames = {
  'socket-handler': { up: typesOf(ChatUp as never), down: typesOf(ChatDown as never) },
  notifications: { up: typesOf(NotificationUp as never), down: typesOf(NotificationDown as never) },
};
const framesOf = (service: Service) => (service in frames ? frames[service as keyof typeof frames] : undefined);

/** The names that a label begins with: `user.registered, user.logged-in, from the outbox`. */
const told = (label: string) => /^[a-z]+\.[a-z-]+(?:, [a-z]+\.[a-z-]+)*/.exec(label)?.[0].split(', ') ?? [];
const firstWord = (label: string) => /^[a-z-]+/.exec(label)?.[0] ?? '';

const isRoute = (label: string, service: Service, access: (route: Route) => boolean) => {
  const [, method, path] = /^([A-Z]+) (\/[\w/:-]+)/.exec(label) ?? [];
  return Object.values(routes as Record<string, Route>).some(
    (route) => route.service === service && route.method.toUpperCase() === method && route.path === path && access(route),
  );
};
const isSocket = (label: string, service: Service) =>
  paths.some(({ prefix, socket, service: of }) => socket && of === service && new RegExp(`^WebSocket ${prefix}\\b`).test(label));

/** What is wrong with an arrow; undefined when the contracts say the same. */
function faultOf({ from, to, answers, label }: Arrow): string | undefined {
  const wrong = (is: boolean) => (is ? undefined : label);
  if (answers) return wrong(isAnswer(label));
  if (from.kind === 'bus') return wrong(to.kind === 'service' && everyEvent(label, ({ hearers }) => hearers.includes(to.name)));
  if (from.kind === 'device') return wrong(to.kind === 'service' && isAsked(label, to.name));
  if (from.kind !== 'service') return label;
  if (to.kind === 'bus') return wrong(everyEvent(label, ({ owner }) => owner === from.name));
  if (to.kind === 'service') return wrong(isRoute(label, to.name, ({ access }) => access !== 'session'));
  if (to.kind === 'device') return wrong(isSaid(label, from.name));
  return undefined;
}

const everyEvent = (label: string, holds: (event: { owner: Service; hearers: readonly Service[] }) => boolean) =>
  told(label).length > 0 && told(label).every((name) => Object.hasOwn(events, name) && holds(events[name as EventName]));

const isAsked = (label: string, service: Service) =>
  isRoute(label, service, ({ access }) => access !== 'internal') ||
  isSocket(label, service) ||
  (framesOf(service)?.up.has(firstWord(label)) ?? false);

function isSaid(label: string, service: Service) {
  const [, reason] = /^close ([a-z-]+)/.exec(label) ?? [];
  return reason ? Object.hasOwn(closeCodes, reason) : (framesOf(service)?.down.has(firstWord(label)) ?? false);
}

function isAnswer(label: string) {
  const [, status, code] = /^(\d{3}) ([a-z-]+)/.exec(label) ?? [];
  if (!status || !code) return false;
  return Number(status) < 400 || errors[code as ErrorCode]?.status === Number(status);
}

test('there is a diagram for each thing that happens, and the list of them is whole', async () => {
  const found: string[] = [];
  for await (const path of glob('diagrams/*.md', { cwd: root })) found.push(basename(path, '.md'));
  expect(found.sort()).toEqual(['README', ...pages].sort());
  const readme = await readFile(`${root}diagrams/README.md`, 'utf8');
  for (const page of pages) expect(readme).toContain(`(${page}.md)`);
});

describe.each(pages)('%s', (page) => {
  const reading = readFile(`${root}diagrams/${page}.md`, 'utf8').then(read);

  test('is a diagram', async () => {
    expect((await reading).faults).toEqual([]);
    expect((await reading).arrows.length).toBeGreaterThan(5);
  });

  test('says only what the contracts say: who tells, who hears, what is asked and what is answered', async () => {
    expect((await reading).arrows.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
  });
});

test('a diagram that says something else than the contracts is found out', () => {
  const parts = "participant A as Ada's device\nparticipant auth\nparticipant users\nparticipant bus\nparticipant S as socket-handler\n";
  const faults = (line: string) => {
    const { arrows, faults } = read(`\`\`\`mermaid\nsequenceDiagram\n${parts}${line}\n\`\`\``);
    return [...faults, ...arrows.map(faultOf).filter((fault) => fault !== undefined)];
  };
  for (const right of [
    'auth->>bus: user.registered',
    'bus->>users: user.deleted',
    'A->>S: send this',
    'S->>A: close session-ended',
    'auth-->>A: 401 signed-out',
  ]) {
    expect(faults(right)).toEqual([]);
  }
  for (const wrong of [
    'users->>bus: user.registered',
    'auth->>bus: user.enrolled',
    'auth->>bus: all that happened',
    'bus->>users: user.registered, user.logged-in',
    'A->>S: shout',
    'A->>auth: GET /api/auth/sign-up',
    'A->>auth: POST /internal/auth/sessions/check',
    'S->>A: close tired',
    'S->>A: telegram',
    'auth-->>A: 403 signed-out',
    'auth-->>A: thanks',
    'auth->>B: 200 fine',
    'auth=>bus: user.registered',
    'A->>S: send; typing',
    'loop for ever',
    'end',
  ]) {
    expect(faults(wrong), wrong).toHaveLength(1);
  }
});

test('no document names an event that does not exist', async () => {
  const kinds = new Set(Object.keys(events).map((name) => name.split('.')[0]));
  const unknown: string[] = [];
  for await (const path of glob('**/*.md', { cwd: root })) {
    const text = await readFile(`${root}${path}`, 'utf8');
    for (const [, name = ''] of text.matchAll(/`([a-z]+\.[a-z-]+)`/g)) {
      if (kinds.has(name.split('.')[0]) && !Object.hasOwn(events, name)) unknown.push(`${path}: ${name}`);
    }
  }
  expect(unknown).toEqual([]);
});
