import type { Conversation, Notice, NotificationDown } from '@parley/common/contracts';
import { limits } from '@parley/common/contracts/limits';
import { mergeMarks } from './conversation.ts';
import type { Requests } from './requests.ts';
import type { DeviceStore } from './storage/device-store.ts';

export interface ListOptions {
  readonly request: Requests['request'];
  readonly store: DeviceStore;
  readonly known: readonly Conversation[];
  readonly onChange: (changed: readonly Conversation[]) => void;
  readonly onFailure: (error: unknown) => void;
}

type SettingsFrame = Extract<NotificationDown, { type: 'settings' }>;

/** My conversations as a list shows them; of two tellings of one conversation the later version stands. */
export function createList({ request, store, known, onChange, onFailure }: ListOptions) {
  const byId = new Map(known.map((conversation) => [conversation.conversationId, conversation]));

  /** Told by a notice that skipped a version: what the lost one said of preview and marks is missing until read. */
  const holed = new Set<string>();

  const put = (told: readonly Conversation[], save = true) => {
    const changed = told.map((conversation) => newer(byId.get(conversation.conversationId), conversation));
    const moved = changed.filter((conversation) => !isSame(byId.get(conversation.conversationId), conversation));
    if (moved.length === 0) return;
    for (const conversation of moved) byId.set(conversation.conversationId, conversation);
    if (save) void store.saveList(moved).catch(onFailure);
    onChange(moved);
  };

  return {
    byId: (conversationId: string) => byId.get(conversationId),
    all: () => [...byId.values()].sort(byActivity),

    /** Reads the whole list, the archived ones too, and answers it. */
    async read(): Promise<Conversation[]> {
      const all: Conversation[] = [];
      let after: string | null = null;
      do {
        const page: { conversations: Conversation[]; after: string | null } = await request('get', '/api/messages/conversations', {
          limit: limits.page,
          ...(after !== null && { after }),
        });
        all.push(...page.conversations);
        after = page.after;
      } while (after !== null);
      put(all);
      for (const { conversationId } of all) holed.delete(conversationId);
      return all;
    },

    /** Whether the store has gone on, by versions alone: a small question for all conversations at once. */
    async isBehind(): Promise<boolean> {
      if (holed.size > 0) return true;
      let after: string | null = null;
      do {
        const page: { epoch: string; versions: [string, number, number][]; after: string | null } = await request(
          'get',
          '/api/messages/versions',
          after === null ? {} : { after },
        );
        const moved = ([id, version]: [string, number, number]) => {
          const held = byId.get(id);
          return !held || held.epoch !== page.epoch || held.version < version;
        };
        if (page.versions.some(moved)) return true;
        after = page.after;
      } while (after !== null);
      return false;
    },

    /** A notice of a conversation that the list has. Of one it has not, the next reading tells. */
    notice(notice: Notice) {
      const held = byId.get(notice.conversationId);
      if (!held) return;
      const { epoch, version, lastSeq, unread, preview, marks } = notice;
      if (epoch === held.epoch && version <= held.version) return;
      if (epoch !== held.epoch || version > held.version + 1) holed.add(notice.conversationId);
      put([
        {
          ...held,
          epoch,
          version,
          lastSeq,
          unread,
          preview: preview === undefined ? held.preview : preview,
          lastActivityAt: preview && preview.sentAt > held.lastActivityAt ? preview.sentAt : held.lastActivityAt,
          // A notice has only those that moved. In another epoch they may have gone back.
          marks: epoch === held.epoch ? mergeMarks(held.marks, marks) : { ...held.marks, ...marks },
        },
      ]);
    },

    /** Another tab has heard and saved this. */
    mirror: (told: readonly Conversation[]) => put(told, false),

    settings({ conversationId, settings, settingsVersion, unread }: SettingsFrame) {
      const held = byId.get(conversationId);
      if (held) put([{ ...held, settings, settingsVersion, unread }]);
    },
  };
}

export type List = ReturnType<typeof createList>;

/**
 * A conversation's state and a person's settings of it count separately, so each is taken from where it is further. Of two
 * that are equally far the one told now stands: it may heal what a lost notice left behind.
 */
export function newer(held: Conversation | undefined, told: Conversation): Conversation {
  if (!held) return told;
  const state = held.epoch === told.epoch && held.version > told.version ? held : told;
  const { settings, settingsVersion } = held.settingsVersion > told.settingsVersion ? held : told;
  return { ...state, settings, settingsVersion };
}

const isSame = (one: Conversation | undefined, other: Conversation) => JSON.stringify(one) === JSON.stringify(other);

const byActivity = (one: Conversation, other: Conversation) =>
  Number(other.settings.pinned) - Number(one.settings.pinned) || other.lastActivityAt.localeCompare(one.lastActivityAt);
