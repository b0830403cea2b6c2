import type { NotificationSettings } from '@parley/common/contracts';
import { useEffect, useState } from 'react';
import { useParley } from '../../app/hooks.ts';
import { useSay } from '../../app/toasts.tsx';
import { useLaterTexts } from '../../texts/texts.tsx';
import { Switch } from '../../ui/switch.tsx';
import { subscribe, subscription, unsubscribe } from './subscribing.ts';

interface State {
  readonly publicKey: string;
  readonly on: boolean;
  readonly settings: NotificationSettings;
}

/** Whether this browser is notified while Parley is closed in it. Not there where the server or the browser can't. */
export function WhenClosed() {
  const { alerts } = useLaterTexts();
  const parley = useParley();
  const say = useSay();
  const [state, setState] = useState<State>();
  const failed = () => say({ text: alerts.closedFailed });

  useEffect(() => {
    let here = true;
    const questions = [
      parley.request('get', '/api/notifications/push', {}),
      parley.request('get', '/api/notifications/settings', {}),
    ] as const;
    Promise.all([...questions, subscription()] as const).then(
      ([{ publicKey, subscribed }, settings, own]) => {
        if (here && publicKey !== null && own !== 'impossible') setState({ publicKey, on: subscribed && own !== undefined, settings });
      },
      () => {},
    );
    return () => {
      here = false;
    };
  }, [parley]);

  if (!state) return null;
  const turn = async (on: boolean) => {
    setState({ ...state, on });
    const done = await (on ? subscribe(parley, state.publicKey) : unsubscribe(parley)).catch(() => false);
    if (done) return;
    setState({ ...state, on: !on });
    failed();
  };
  const show = (previews: boolean) => {
    setState({ ...state, settings: { ...state.settings, previews } });
    parley.request('patch', '/api/notifications/settings', { previews }).catch(() => {
      setState(state);
      failed();
    });
  };
  return (
    <>
      <Switch label={alerts.closed} hint={alerts.closedHint} checked={state.on} onChange={(on) => void turn(on)} />
      {state.on && <Switch label={alerts.previews} hint={alerts.previewsHint} checked={state.settings.previews} onChange={show} />}
    </>
  );
}
