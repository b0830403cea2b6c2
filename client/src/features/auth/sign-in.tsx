import { type FormEvent, useState } from 'react';
import { useAppSelector, useSession } from '../../app/hooks.ts';
import { PasswordField } from '../../app/password-field.tsx';
import { type Refusals, refusalsOf } from '../../app/refusals.ts';
import { requestAsGuest } from '../../app/requests.ts';
import { Link } from '../../app/routing.tsx';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { thisDevice } from './this-device.ts';
import { Welcome } from './welcome.tsx';

export function SignIn() {
  const texts = useTexts();
  const later = useLaterTexts();
  const { auth } = later;
  const session = useSession();
  const state = useAppSelector((all) => all.session);
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [refusals, setRefusals] = useState<Refusals>({});
  const [busy, setBusy] = useState(false);
  const farewell = state.at === 'guest' ? state.farewell : undefined;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setRefusals({});
    try {
      await session.begin(await requestAsGuest('post', '/api/auth/sign-in', { login, password, deviceName: thisDevice() }));
    } catch (error) {
      setRefusals(refusalsOf(texts, later, error));
      setBusy(false);
    }
  };

  return (
    <Welcome title={auth.signInTitle} notice={farewell && auth[farewell]}>
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
        <Field
          label={auth.login}
          name="login"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          value={login}
          onChange={(event) => setLogin(event.target.value)}
          error={refusals.login}
        />
        <PasswordField
          label={auth.password}
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={refusals.password ?? refusals.form}
        />
        <Button type="submit" busy={busy} disabled={login.trim() === '' || password === ''} className="min-h-12 text-base">
          {auth.signIn}
        </Button>
      </form>
      <p className="mt-7">
        <Link to="/forgotten" className="font-semibold text-accent hover:underline">
          {auth.forgotten}
        </Link>
      </p>
      <p className="mt-3 text-soft">
        {auth.noAccount}{' '}
        <Link to="/sign-up" className="font-semibold text-accent hover:underline">
          {auth.signUp}
        </Link>
      </p>
    </Welcome>
  );
}
