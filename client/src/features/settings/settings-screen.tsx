import { useState } from 'react';
import { useAppDispatch, useAppSelector } from '../../app/hooks.ts';
import { Link } from '../../app/routing.tsx';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LaterIcon } from '../../ui/icon-later.tsx';
import { ChangePassword } from './change-password.tsx';
import { DeleteAccountDialog } from './delete-account.tsx';
import { Devices } from './devices.tsx';
import { Notifications } from './notifications.tsx';
import { type Language, preferred, type Theme } from './preferences-slice.ts';
import { Privacy } from './privacy.tsx';
import { Profile } from './profile.tsx';
import { SignOutDialog } from './sign-out.tsx';

// biome-ignore lint/style/noDefaultExport: loaded when it is first shown, which React does by the default export.
export default function SettingsScreen() {
  const { settings } = useLaterTexts();
  const { conversation } = useTexts();
  const dispatch = useAppDispatch();
  const { theme, language } = useAppSelector(({ preferences }) => preferences);
  const [leaving, setLeaving] = useState<'sign-out' | 'delete'>();
  return (
    <section aria-label={settings.title} className="h-full overflow-y-auto bg-canvas">
      <header className="sticky top-0 z-10 flex min-h-16 items-center gap-2 border-b border-line bg-surface px-2 sm:px-6">
        <Link
          to="/"
          aria-label={conversation.back}
          className="flex size-10 items-center justify-center rounded-full text-soft hover:bg-hover hover:text-ink"
        >
          <Icon name="back" />
        </Link>
        <h1 className="text-lg font-semibold">{settings.title}</h1>
      </header>
      <div className="mx-auto flex max-w-2xl flex-col gap-6 px-4 py-6 sm:px-6">
        <Profile />
        <Card title={settings.appearance}>
          <div className="flex flex-col gap-5">
            <Choice<Theme>
              label={settings.theme}
              value={theme}
              options={{ system: settings.system, light: settings.light, dark: settings.dark }}
              onChange={(next) => dispatch(preferred({ theme: next }))}
            />
            <Choice<Language>
              label={settings.language}
              value={language}
              options={{ en: 'English', de: 'Deutsch' }}
              onChange={(next) => dispatch(preferred({ language: next }))}
            />
          </div>
        </Card>
        <Notifications />
        <Privacy />
        <Devices />
        <ChangePassword />
        <div className="flex flex-wrap gap-3 pb-8">
          <Button look="danger" onClick={() => setLeaving('sign-out')}>
            <LaterIcon name="leave" />
            {settings.signOut}
          </Button>
          <Button look="bare" className="text-danger!" onClick={() => setLeaving('delete')}>
            {settings.deleteAccount}
          </Button>
        </div>
      </div>
      {leaving === 'sign-out' && <SignOutDialog onClose={() => setLeaving(undefined)} />}
      {leaving === 'delete' && <DeleteAccountDialog onClose={() => setLeaving(undefined)} />}
    </section>
  );
}
