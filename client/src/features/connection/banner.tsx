import type { ConnectionState, Entry } from '@parley/client-library';
import { closeCodes } from '@parley/common/contracts/errors';
import { useEffect, useState } from 'react';
import { useAppSelector, useParley, useSession } from '../../app/hooks.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Icon } from '../../ui/icon.tsx';

/** A pause that nobody would notice is nobody's news. */
const NOTICED_MS = 1_200;
/** Nor is the first greeting of a page that has just been opened: the bar would push down what somebody begins to read. */
const FIRST_NOTICED_MS = 4_000;

/** The truth about the connection, and only while there is something to say. */
export function ConnectionBanner() {
  const { connection } = useTexts();
  const parley = useParley();
  const { loadNewest } = useSession();
  const newer = useAppSelector((state) => state.connection.newer);
  const chat = useAppSelector((state) => state.connection.chat);
  const unsaved = useAppSelector((state) => state.connection.unsaved);
  const patience = useGreeted(chat) || chat.at !== 'connecting' ? NOTICED_MS : FIRST_NOTICED_MS;
  const lost = useLasting(chat.at !== 'open' && chat.at !== 'stopped', patience);
  const offline = useOffline();
  const waiting = useAppSelector(({ outbox }) => Object.values(outbox).filter(isWaiting).length);

  if (isOutdated(chat)) {
    return (
      <Bar text={connection.outdated}>
        <Action label={connection.reload} onClick={loadNewest} />
      </Bar>
    );
  }
  const kept = waiting > 0 ? ` ${connection.unsent(waiting)}` : '';
  if (offline) return <Bar text={connection.offline + kept} />;
  if (lost) {
    const isAway = chat.at === 'waiting';
    return (
      <Bar text={(isAway ? connection.away : connection.connecting) + kept}>
        {isAway && <Action label={connection.tryNow} onClick={() => parley.wake()} />}
      </Bar>
    );
  }
  if (unsaved) return <Bar text={connection.unsaved} />;
  if (!newer) return null;
  return (
    <Bar text={connection.newer}>
      <Action label={connection.reload} onClick={loadNewest} />
    </Bar>
  );
}

const isWaiting = ({ command, state }: Entry) => command.type === 'send' && state !== 'refused';
const isOutdated = (state: ConnectionState) => state.at === 'ended' && state.code === closeCodes['outdated-client'].code;

function Bar({ text, children }: { text: string; children?: React.ReactNode }) {
  return (
    <div role="status" className="flex animate-rise items-center justify-center gap-3 bg-notice px-4 py-2 text-sm text-notice-ink">
      <Icon name="wifi" className="size-4" />
      <span>{text}</span>
      {children}
    </div>
  );
}

function Action({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button type="button" onClick={onClick} className="shrink-0 font-semibold underline underline-offset-2">
      {label}
    </button>
  );
}

/** Whether there has been a connection since the page was opened. */
function useGreeted({ at }: ConnectionState): boolean {
  const [greeted, setGreeted] = useState(false);
  useEffect(() => {
    if (at === 'open') setGreeted(true);
  }, [at]);
  return greeted;
}

/** True once it has been so for a while. */
function useLasting(now: boolean, milliseconds: number): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!now) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), milliseconds);
    return () => clearTimeout(timer);
  }, [now, milliseconds]);
  return now && lasting;
}

function useOffline(): boolean {
  const [offline, setOffline] = useState(!navigator.onLine);
  useEffect(() => {
    const update = () => setOffline(!navigator.onLine);
    addEventListener('online', update);
    addEventListener('offline', update);
    return () => {
      removeEventListener('online', update);
      removeEventListener('offline', update);
    };
  }, []);
  return offline;
}
