import { useAppDispatch, useAppSelector } from '../../app/hooks.ts';
import { alertsPreferred } from '../../app/notifying-here.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';

/** Asked once somebody wrote, so that it is clear what for; and the browser asks only whoever says yes here. */
export function AskAlerts() {
  const { alerts } = useTexts();
  const dispatch = useAppDispatch();
  const spoken = useAppSelector(({ notifications }) => notifications.spoken);
  const wanted = useAppSelector(({ preferences }) => preferences.alerts);
  if (!spoken || wanted !== 'unasked' || !('Notification' in window) || Notification.permission === 'denied') return null;
  const turnOn = async () => {
    const permission = await Notification.requestPermission();
    dispatch(alertsPreferred(permission === 'granted' ? 'on' : 'off'));
  };
  return (
    <section aria-label={alerts.title} className="mx-3 mb-2 flex animate-rise gap-3 rounded-xl bg-selected px-3.5 py-3 text-sm">
      <Icon name="bell" className="mt-0.5 size-5 text-accent" />
      <div className="min-w-0 flex-1">
        <p>{alerts.ask}</p>
        <div className="mt-2 flex flex-wrap gap-2">
          <Button className="min-h-8! px-3! py-1!" onClick={() => void turnOn()}>
            {alerts.turnOn}
          </Button>
          <Button look="bare" className="min-h-8! px-3! py-1!" onClick={() => dispatch(alertsPreferred('off'))}>
            {alerts.notNow}
          </Button>
        </div>
      </div>
    </section>
  );
}
