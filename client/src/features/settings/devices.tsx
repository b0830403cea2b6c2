import type { Session } from '@parley/common/contracts';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useAppSelector, useParley } from '../../app/hooks.ts';
import { refusalsOf } from '../../app/refusals.ts';
import { useWhen } from '../../app/when.ts';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { LaterIcon } from '../../ui/icon-later.tsx';

/** Everywhere that I am signed in, and a way to end it there. */
export function Devices() {
  const texts = useTexts();
  const later = useLaterTexts();
  const { settings } = later;
  const parley = useParley();
  const changes = useAppSelector(({ connection }) => connection.accountChanges);
  const [sessions, setSessions] = useState<readonly Session[]>([]);
  const [failure, setFailure] = useState<string>();
  const asked = useRef(0);

  const doing = useCallback(
    async (work: () => Promise<unknown>) => {
      try {
        setFailure(undefined);
        await work();
        const mine = ++asked.current;
        const { sessions: read } = await parley.request('get', '/api/auth/sessions', {});
        // Of two answers the one that was asked for last is the newer one.
        if (mine === asked.current) setSessions(read);
      } catch (error) {
        setFailure(Object.values(refusalsOf(texts, later, error))[0]);
      }
    },
    [parley, texts, later],
  );
  // Read anew when another session began or ended.
  useEffect(() => void doing(async () => {}), [doing, changes]);

  return (
    <Card title={settings.devices}>
      <ul className="-my-2 divide-y divide-line">
        {sessions.map((session) => (
          <Device
            key={session.sessionId}
            session={session}
            onEnd={() => void doing(() => parley.request('delete', '/api/auth/sessions/:sessionId', { sessionId: session.sessionId }))}
          />
        ))}
      </ul>
      {failure && (
        <p role="alert" className="mt-3 text-sm text-danger">
          {failure}
        </p>
      )}
      {sessions.length > 1 && (
        <Button look="quiet" className="mt-4" onClick={() => void doing(() => parley.request('delete', '/api/auth/sessions', {}))}>
          {settings.endOthers}
        </Button>
      )}
    </Card>
  );
}

function Device({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const { settings } = useLaterTexts();
  const when = useWhen();
  const { deviceName, address, lastUsedAt, current } = session;
  const details = [current ? settings.thisDevice : settings.lastUsed(when.lastSeen(lastUsedAt)), address].filter(Boolean).join(' · ');
  return (
    <li className="flex items-center gap-4 py-3">
      <LaterIcon name="device" className={`size-6 ${current ? 'text-accent' : 'text-soft'}`} />
      <div className="min-w-0 flex-1">
        <p className="font-medium wrap-break-word">{deviceName}</p>
        <p className="text-sm wrap-break-word text-soft">{details}</p>
      </div>
      {!current && (
        <Button look="bare" aria-label={settings.endSession(deviceName)} onClick={onEnd}>
          {settings.end}
        </Button>
      )}
    </li>
  );
}
