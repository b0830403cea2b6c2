import { useState } from 'react';
import { useDisturbing } from '../../app/disturbing.ts';
import { useAppDispatch, useAppSelector } from '../../app/hooks.ts';
import { useWhen } from '../../app/when.ts';
import { useLaterTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Switch } from '../../ui/switch.tsx';
import { preferred } from './preferences-slice.ts';
import { WhenClosed } from './when-closed.tsx';

export function Notifications() {
  const { alerts } = useLaterTexts();
  return (
    <Card title={alerts.title}>
      <div className="-my-2">
        <Alerts />
        <Sound />
        <WhenClosed />
      </div>
      <hr className="my-4 border-line" />
      <DoNotDisturb />
    </Card>
  );
}

/** What the browser allows and what its owner wants are two things: this is on when both are. */
function Alerts() {
  const { alerts } = useLaterTexts();
  const dispatch = useAppDispatch();
  const wanted = useAppSelector(({ preferences }) => preferences.alerts);
  const [permission, setPermission] = useState(() => ('Notification' in window ? Notification.permission : 'denied'));
  const change = async (on: boolean) => {
    const given = on ? await Notification.requestPermission() : permission;
    setPermission(given);
    dispatch(preferred({ alerts: on && given === 'granted' ? 'on' : 'off' }));
  };
  const refused = permission === 'denied';
  return (
    <Switch
      label={alerts.show}
      hint={refused ? alerts.refused : alerts.showHint}
      disabled={refused}
      checked={wanted === 'on' && permission === 'granted'}
      onChange={(on) => void change(on)}
    />
  );
}

function Sound() {
  const { alerts } = useLaterTexts();
  const dispatch = useAppDispatch();
  const sound = useAppSelector(({ preferences }) => preferences.sound);
  return <Switch label={alerts.sound} checked={sound} onChange={(on) => dispatch(preferred({ sound: on }))} />;
}

function DoNotDisturb() {
  const { alerts } = useLaterTexts();
  const when = useWhen();
  const { until, isForEver, times, change } = useDisturbing();
  return (
    <div>
      <p className="text-sm font-medium">{alerts.quiet}</p>
      <p role="status" className="mt-0.5 mb-3 text-sm text-soft">
        {until === null ? alerts.quietHint : isForEver ? alerts.quietForEver : alerts.quietUntil(when.full(Date.parse(until)))}
      </p>
      <div className="flex flex-wrap gap-2">
        {until === null ? (
          times.map((time) => (
            <Button key={time} look="quiet" onClick={() => change(time)}>
              {alerts.quietFor[time]}
            </Button>
          ))
        ) : (
          <Button look="quiet" onClick={() => change(undefined)}>
            {alerts.quietEnd}
          </Button>
        )}
      </div>
    </div>
  );
}
