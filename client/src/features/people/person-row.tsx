import { memo } from 'react';
import { usePerson, usePresenceText } from '../../app/person.ts';
import { Link, pathWith } from '../../app/routing.tsx';
import { Avatar } from '../../ui/avatar.tsx';

export const PersonRow = memo(function PersonRow({ userId }: { userId: string }) {
  const person = usePerson(userId);
  const presence = usePresenceText(person);
  return (
    <li className="[content-visibility:auto] [contain-intrinsic-size:auto_68px]">
      <Link
        to={pathWith(userId, 'people')}
        data-roving
        className="mx-2 flex items-center gap-3 rounded-xl px-3 py-2.5 transition-colors hover:bg-hover aria-[current=page]:bg-selected"
      >
        <Avatar userId={userId} name={person.name} pictureId={person.pictureId} online={person.online} />
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <span className="own-direction truncate font-semibold text-ink">{person.name}</span>
            <span className="truncate text-sm text-faint">{person.profile?.userName}</span>
          </span>
          <span className={`mt-0.5 block truncate text-sm ${person.online ? 'text-accent' : 'text-soft'}`}>{presence}</span>
        </span>
      </Link>
    </li>
  );
});
