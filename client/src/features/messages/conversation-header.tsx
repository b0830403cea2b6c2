import { useAsking } from '../../app/conversation-menu.tsx';
import { useAppSelector } from '../../app/hooks.ts';
import { usePanel, usePanelDoings } from '../../app/panel.ts';
import { type ShownPerson, usePresenceText } from '../../app/person.ts';
import { Link, pathOf, sectionOf, usePlace } from '../../app/routing.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';

interface HeaderProps {
  readonly person: ShownPerson;
  readonly closed: boolean;
  readonly blocked: boolean;
}

export function ConversationHeader({ person, closed, blocked }: HeaderProps) {
  const { conversation, list } = useTexts();
  const { pathname } = usePlace();
  const { panel } = usePanel();
  const doings = usePanelDoings();
  const ask = useAsking();
  const presence = usePresenceText(person);
  const typing = useAppSelector((state) => state.typing[person.userId] ?? false);
  const { userId: peerId, name } = person;
  return (
    <header className="flex min-h-16 items-center gap-1 border-b border-line bg-surface px-2 sm:px-4">
      <Link
        to={pathOf(sectionOf(pathname))}
        aria-label={conversation.back}
        className="flex size-10 shrink-0 items-center justify-center rounded-full text-soft hover:bg-hover hover:text-ink md:hidden"
      >
        <Icon name="back" />
      </Link>
      <h1 className="min-w-0 flex-1">
        <button
          type="button"
          aria-expanded={panel === 'details'}
          title={conversation.details}
          onClick={() => doings.toggleDetails()}
          className="flex max-w-full items-center gap-3 rounded-xl py-1 ps-1 pe-3 text-start transition-colors hover:bg-hover"
        >
          <Avatar size="medium" userId={peerId} name={name} pictureId={person.pictureId} online={person.online && !blocked} />
          <span className="min-w-0">
            <span className="own-direction block truncate text-base/5 font-semibold">{name}</span>
            {!closed && (
              <span
                className={`block truncate text-sm/5 font-normal ${(typing || person.online) && !blocked ? 'text-accent' : 'text-soft'}`}
              >
                {blocked ? list.blocked : typing ? list.typing : presence}
              </span>
            )}
          </span>
        </button>
      </h1>
      <IconButton icon="search" label={conversation.search} onClick={() => doings.open('search')} className="max-sm:hidden" />
      <IconButton
        icon="more"
        label={conversation.menu}
        aria-haspopup="menu"
        onClick={({ currentTarget }) => ask({ kind: 'menu', peerId, anchor: currentTarget.getBoundingClientRect(), inside: true })}
      />
    </header>
  );
}
