import { lazy } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Empty } from '../ui/empty.tsx';
import { Elsewhere, pathOf, peerIn, sectionOf, usePlace } from './routing.tsx';
import { Shell } from './shell.tsx';

const ConversationScreen = lazy(() => import('../features/messages/conversation-screen.tsx'));
const SettingsScreen = lazy(() => import('../features/settings/settings-screen.tsx'));

/** All that somebody sees who is signed in. */
export function SignedIn() {
  const { pathname } = usePlace();
  return <Shell>{screenAt(pathname)}</Shell>;
}

function screenAt(pathname: string) {
  const peerId = peerIn(pathname);
  if (peerId) return <ConversationScreen peerId={peerId} />;
  if (pathname === '/settings') return <SettingsScreen />;
  return pathname === pathOf(sectionOf(pathname)) ? <Nothing /> : <Elsewhere to="/" />;
}

function Nothing() {
  const { list } = useTexts();
  return (
    <div className="h-full bg-canvas">
      <Empty icon="chat" title={list.choose} hint={list.chooseHint} />
    </div>
  );
}
