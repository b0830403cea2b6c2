import { useAsking } from '../../app/conversation-menu.tsx';
import { useDoings } from '../../app/doings.ts';
import { useAppSelector } from '../../app/hooks.ts';
import { usePanelDoings } from '../../app/panel.ts';
import { usePerson, usePresenceText } from '../../app/person.ts';
import { useWhen } from '../../app/when.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { FOR_EVER, isMuted } from './conversations-slice.ts';

/** Who this is, and what can be done about the conversation with them. */
// biome-ignore lint/style/noDefaultExport: loaded when it is first shown, which React does by the default export.
export default function Details({ peerId }: { peerId: string }) {
  const { conversation: said, doings: own, list } = useTexts();
  const conversation = useAppSelector((state) => state.conversations.byPeer[peerId]);
  const { settings, lastSeq = 0, closed = false } = conversation ?? {};
  const person = usePerson(peerId, closed);
  const presence = usePresenceText(person);
  const when = useWhen();
  const ask = useAsking();
  const panel = usePanelDoings();
  const doings = useDoings(peerId);
  const muted = settings && isMuted(settings, when.now);
  const about = person.profile?.about;
  const begun = lastSeq > 0;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain pb-6">
      <div className="flex flex-col items-center px-6 pt-8 pb-5 text-center">
        <Avatar size="huge" userId={peerId} name={person.name} pictureId={person.pictureId} />
        <p className="mt-4 max-w-full text-xl font-bold tracking-tight wrap-anywhere">{person.name}</p>
        {person.profile && <p className="own-direction max-w-full truncate text-sm text-soft">@{person.profile.userName}</p>}
        {!closed && (
          <p className={`mt-1 text-sm ${person.online && !settings?.blocked ? 'text-accent' : 'text-soft'}`}>
            {settings?.blocked ? list.blocked : presence}
          </p>
        )}
      </div>
      {about && !closed && (
        <section className="border-t border-line px-6 py-4">
          <h3 className="text-xs font-medium text-faint">{said.about}</h3>
          <p className="mt-1 text-sm whitespace-pre-wrap wrap-anywhere [unicode-bidi:plaintext]">{about}</p>
        </section>
      )}
      {settings && (
        <section aria-label={own.menu} className="border-t border-line px-3 pt-3">
          {begun && <Row icon="search" label={said.search} onClick={() => panel.open('search')} />}
          {muted ? (
            <Row
              icon="bell"
              label={own.unmute}
              hint={settings.mutedUntil === FOR_EVER ? own.mutedForEver : own.mutedUntil(when.full(Date.parse(settings.mutedUntil ?? '')))}
              onClick={doings.unmute}
            />
          ) : (
            <Row icon="muted" label={own.mute} onClick={(anchor) => ask({ kind: 'mute', peerId, anchor })} />
          )}
          {begun && <Row icon="pin" label={settings.pinned ? own.unpin : own.pin} onClick={() => doings.pin(!settings.pinned)} />}
          {begun && (
            <Row
              icon="archive"
              label={settings.archived ? own.unarchive : own.archive}
              onClick={() => doings.archive(!settings.archived)}
            />
          )}
          {!closed &&
            (settings.blocked ? (
              <Row icon="block" label={own.unblock} onClick={() => void doings.unblock()} />
            ) : (
              <Row icon="block" label={own.block} danger onClick={() => ask({ kind: 'block', peerId })} />
            ))}
          {begun && <Row icon="flag" label={own.report} danger onClick={() => ask({ kind: 'report', peerId })} />}
        </section>
      )}
    </div>
  );
}

interface RowProps {
  readonly icon: IconName;
  readonly label: string;
  readonly hint?: string;
  readonly danger?: boolean;
  readonly onClick: (anchor: DOMRect) => void;
}

function Row({ icon, label, hint, danger = false, onClick }: RowProps) {
  return (
    <button
      type="button"
      onClick={({ currentTarget }) => onClick(currentTarget.getBoundingClientRect())}
      className={`flex min-h-11 w-full items-center gap-4 rounded-xl px-3 py-2 text-start text-sm font-medium transition-colors hover:bg-hover ${danger ? 'text-danger' : ''}`}
    >
      <Icon name={icon} className={`size-5 ${danger ? '' : 'text-soft'}`} />
      <span className="min-w-0">
        {label}
        {hint && <span className="block text-xs font-normal text-soft">{hint}</span>}
      </span>
    </button>
  );
}
