import { until } from '@parley/common/testing';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { type Channel, createTabs } from './election.ts';
import type { Tabs } from './tabs.ts';

const open: { tabs: Tabs }[] = [];
afterEach(() => open.splice(0).forEach(({ tabs }) => void tabs.stop()));

/** A browser with real locks and a real channel; its tabs can be looked at, hidden and frozen. */
function createBrowser() {
  const name = `tabs of ${crypto.randomUUID()}`;
  return {
    open(id: string, { visible = true } = {}) {
      let seen = visible;
      let frozen = false;
      let onVisibility = () => {};
      const channel = new BroadcastChannel(name);
      const thawing: Channel = {
        postMessage: (message) => channel.postMessage(message),
        close: () => channel.close(),
        onmessage: null,
      };
      channel.onmessage = (event) => void (frozen || thawing.onmessage?.(event as never));
      const tabs = createTabs({
        name,
        id,
        locks: navigator.locks,
        openChannel: () => thawing,
        clock: systemClock,
        isVisible: () => seen,
        onVisibility(listener) {
          onVisibility = listener;
          return () => {};
        },
      });
      const tab = {
        tabs,
        heard: [] as unknown[],
        freeze() {
          frozen = true;
        },
        look(now: boolean) {
          seen = now;
          onVisibility();
        },
      };
      tabs.start({ onSaid: (said) => tab.heard.push(said), onTurn: () => {} });
      open.push(tab);
      return tab;
    },
  };
}

test('the first tab owns the sockets, and when it closes the next one does', async () => {
  const browser = createBrowser();
  const first = browser.open('first');
  await until(() => first.tabs.owns);
  const [second, third] = [browser.open('second'), browser.open('third')];
  second.tabs.say({ kind: 'wake' });
  await until(() => first.heard.length === 1 && third.heard.length === 1);
  expect([first, second, third].map(({ tabs }) => tabs.owns)).toEqual([true, false, false]);
  first.tabs.stop();
  await until(() => second.tabs.owns || third.tabs.owns);
  expect(second.tabs.owns && third.tabs.owns).toBe(false);
});

test('a tab that is seen takes over from one that is hidden, and only then', async () => {
  const browser = createBrowser();
  const first = browser.open('first');
  await until(() => first.tabs.owns);
  const second = browser.open('second');
  second.look(false);
  first.look(false);
  second.look(true);
  await until(() => second.tabs.owns && !first.tabs.owns);
  first.look(true);
  first.tabs.say({ kind: 'wake' });
  await until(() => second.heard.length === 1);
  expect(second.tabs.owns).toBe(true);
  second.look(false);
  await until(() => first.tabs.owns && !second.tabs.owns);
});

test('a tab that is seen takes over from one that is frozen', async () => {
  const browser = createBrowser();
  const first = browser.open('first');
  await until(() => first.tabs.owns);
  first.freeze();
  const second = browser.open('second');
  await until(() => second.tabs.owns && !first.tabs.owns);
});

test('whoever writes finds out at once that the tab which is to send it sleeps', async () => {
  const browser = createBrowser();
  const first = browser.open('first');
  await until(() => first.tabs.owns);
  const second = browser.open('second');
  second.tabs.say({ kind: 'wake' });
  await until(() => first.heard.length === 1);
  first.freeze();
  second.tabs.say({ kind: 'written', entries: [] });
  await until(() => second.tabs.owns && !first.tabs.owns);
});

test('two that want it at once end with one of them', async () => {
  const browser = createBrowser();
  const hidden = browser.open('hidden', { visible: false });
  await until(() => hidden.tabs.owns);
  const others = ['a', 'b', 'c'].map((id) => browser.open(id));
  await until(() => !hidden.tabs.owns && others.filter(({ tabs }) => tabs.owns).length === 1);
});
