import { RequestError } from '@parley/client-library';
import { limits } from '@parley/common/contracts/limits';
import { type FormEvent, useState } from 'react';
import { PasswordField } from '../../app/password-field.tsx';
import { type Refusals, refusalsOf } from '../../app/refusals.ts';
import { requestAsGuest } from '../../app/requests.ts';
import { Link } from '../../app/routing.tsx';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Welcome } from './welcome.tsx';

/** Where a mailed link, or one of the operator, leads: its secret is behind the #, and is good once. */
export function ResetPassword() {
  const texts = useTexts();
  const later = useLaterTexts();
  const { auth } = later;
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token') ?? '');
  const [password, setPassword] = useState('');
  const [refusals, setRefusals] = useState<Refusals>({});
  const [state, setState] = useState<'asking' | 'busy' | 'done'>('asking');

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setState('busy');
    setRefusals({});
    try {
      await requestAsGuest('post', '/api/auth/password-reset', { token, password });
      // Used up: it need not stand in the history.
      history.replaceState(null, '', location.pathname);
      setState('done');
    } catch (error) {
      const expired = token === '' || (error instanceof RequestError && error.code === 'link-expired');
      setRefusals(expired ? { form: auth.linkExpired } : refusalsOf(texts, later, error));
      setState('asking');
    }
  };

  return (
    <Welcome title={auth.resetTitle} notice={state === 'done' ? auth.passwordSet : undefined}>
      {state !== 'done' && (
        <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
          <PasswordField
            label={auth.newPassword}
            hint={auth.passwordHint(limits.passwordMin)}
            name="password"
            autoComplete="new-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            error={refusals.password ?? refusals.form}
          />
          <Button type="submit" busy={state === 'busy'} disabled={password === ''} className="min-h-12 text-base">
            {auth.setPassword}
          </Button>
        </form>
      )}
      <p className="mt-7">
        <Link to="/" className="font-semibold text-accent hover:underline">
          {auth.toSignIn}
        </Link>
      </p>
    </Welcome>
  );
}
