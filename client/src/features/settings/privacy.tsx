import { useEffect, useState } from 'react';
import { useNotificationSettings } from '../../app/disturbing.ts';
import { useDoings } from '../../app/doings.ts';
import { useAppDispatch, useAppSelector, useParley } from '../../app/hooks.ts';
import { peopleLearnt, usePerson } from '../../app/person.ts';
import { useComplaining } from '../../app/toasts.tsx';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Switch } from '../../ui/switch.tsx';

interface Kept {
  readonly onlyAnswered: boolean;
  readonly readReceipts: boolean;
}

/** What others learn of me, and who may write to me. */
export function Privacy() {
  const { privacy } = useLaterTexts();
  const parley = useParley();
  const complain = useComplaining();
  const showLastSeen = useAppSelector(({ notifications }) => notifications.showLastSeen);
  const changeNotifications = useNotificationSettings();
  const [kept, setKept] = useState<Kept>();
  useEffect(() => {
    parley.request('get', '/api/messages/privacy', {}).then(setKept, () => {});
  }, [parley]);
  const change = (input: Partial<Kept>) => void parley.request('patch', '/api/messages/privacy', input).then(setKept, complain);
  return (
    <Card title={privacy.title}>
      <div className="-my-2">
        <Switch
          label={privacy.lastSeen}
          hint={privacy.lastSeenHint}
          checked={showLastSeen}
          onChange={(on) => changeNotifications({ showLastSeen: on })}
        />
        <Switch
          label={privacy.receipts}
          hint={privacy.receiptsHint}
          disabled={!kept}
          checked={kept?.readReceipts ?? true}
          onChange={(readReceipts) => change({ readReceipts })}
        />
        <Switch
          label={privacy.onlyAnswered}
          disabled={!kept}
          checked={kept?.onlyAnswered ?? false}
          onChange={(onlyAnswered) => change({ onlyAnswered })}
        />
      </div>
      <Blocked />
    </Card>
  );
}

function Blocked() {
  const { privacy } = useLaterTexts();
  const parley = useParley();
  const dispatch = useAppDispatch();
  const [ids, setIds] = useState<readonly string[]>([]);
  useEffect(() => {
    void (async () => {
      const { userIds } = await parley.request('get', '/api/messages/blocks', {});
      setIds(userIds);
      if (userIds.length > 0) dispatch(peopleLearnt((await parley.request('post', '/api/users/profiles', { userIds })).people));
    })().catch(() => {});
  }, [parley, dispatch]);
  if (ids.length === 0) return null;
  return (
    <section className="mt-4 border-t border-line pt-4">
      <h3 className="mb-1 text-sm font-medium">{privacy.blocked}</h3>
      <ul>
        {ids.map((id) => (
          <BlockedPerson key={id} userId={id} onUnblocked={() => setIds(ids.filter((other) => other !== id))} />
        ))}
      </ul>
    </section>
  );
}

function BlockedPerson({ userId, onUnblocked }: { userId: string; onUnblocked: () => void }) {
  const { doings } = useTexts();
  const { privacy } = useLaterTexts();
  const { name, pictureId } = usePerson(userId);
  const { unblock } = useDoings(userId);
  return (
    <li className="flex items-center gap-3 py-2">
      <Avatar size="small" userId={userId} name={name} pictureId={pictureId} />
      <span className="min-w-0 flex-1 truncate text-sm">{name}</span>
      <Button look="bare" aria-label={privacy.unblock(name)} onClick={() => void unblock().then((done) => done && onUnblocked())}>
        {doings.unblock}
      </Button>
    </li>
  );
}
