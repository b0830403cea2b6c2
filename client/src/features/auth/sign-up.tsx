import { limits } from '@parley/common/contracts/limits';
import { type FormEvent, useEffect, useState } from 'react';
import { useSession } from '../../app/hooks.ts';
import { PasswordField } from '../../app/password-field.tsx';
import { type Refusals, refusalsOf } from '../../app/refusals.ts';
import { requestAsGuest } from '../../app/requests.ts';
import { Link } from '../../app/routing.tsx';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { thisDevice } from './this-device.ts';
import { Welcome } from './welcome.tsx';

type Registration = 'open' | 'invite' | 'closed';

const blank = { displayName: '', userName: '', email: '', password: '', invite: '' };

/** What a link of the operator brings along; behind the #, so that no server along the way reads it. */
const invited = () => new URLSearchParams(location.hash.slice(1)).get('invite') ?? '';

export function SignUp() {
  const texts = useTexts();
  const later = useLaterTexts();
  const { auth } = later;
  const session = useSession();
  const registration = useRegistration();
  const [form, setForm] = useState(() => ({ ...blank, invite: invited() }));
  const [refusals, setRefusals] = useState<Refusals>({});
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setRefusals({});
    try {
      const { invite, ...account } = form;
      const given = { ...account, ...(registration === 'invite' && { invite: invite.trim() }), deviceName: thisDevice() };
      await session.begin(await requestAsGuest('post', '/api/auth/sign-up', given));
    } catch (error) {
      setRefusals(refusalsOf(texts, later, error));
      setBusy(false);
    }
  };
  const bind = (name: keyof typeof blank) => ({
    name,
    value: form[name],
    required: true,
    error: refusals[name],
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [name]: event.target.value }),
  });
  const needed = registration === 'invite' ? Object.values(form) : Object.values({ ...form, invite: '-' });

  return (
    <Welcome title={auth.signUpTitle}>
      {registration === 'closed' ? (
        <p className="rounded-xl bg-notice px-4 py-3 text-sm text-notice-ink">{auth.closed}</p>
      ) : (
        <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
          {registration === 'invite' && <Field label={auth.invite} autoComplete="off" {...bind('invite')} />}
          <Field
            label={auth.displayName}
            hint={auth.displayNameHint}
            autoComplete="name"
            maxLength={limits.displayName}
            {...bind('displayName')}
          />
          <Field
            label={auth.userName}
            hint={auth.userNameHint}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            {...bind('userName')}
          />
          <Field label={auth.email} type="email" autoComplete="email" {...bind('email')} />
          <PasswordField
            label={auth.password}
            hint={auth.passwordHint(limits.passwordMin)}
            autoComplete="new-password"
            {...bind('password')}
          />
          {refusals.form && (
            <p role="alert" className="text-sm text-danger">
              {refusals.form}
            </p>
          )}
          <Button type="submit" busy={busy} disabled={needed.some((text) => text.trim() === '')} className="min-h-12 text-base">
            {auth.signUp}
          </Button>
        </form>
      )}
      <p className="mt-7 text-soft">
        {auth.haveAccount}{' '}
        <Link to="/" className="font-semibold text-accent hover:underline">
          {auth.signIn}
        </Link>
      </p>
    </Welcome>
  );
}

/** Whether this place takes new accounts; open until it says something else. */
function useRegistration(): Registration {
  const [registration, setRegistration] = useState<Registration>('open');
  useEffect(() => {
    requestAsGuest('get', '/api/auth/registration', {}).then(
      (answer) => setRegistration(answer.registration),
      () => {},
    );
  }, []);
  return registration;
}
