import { type FormEvent, useEffect, useState } from 'react';
import { type Refusals, refusalsOf } from '../../app/refusals.ts';
import { requestAsGuest } from '../../app/requests.ts';
import { Link } from '../../app/routing.tsx';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Welcome } from './welcome.tsx';

/** Has a link mailed with which a new password can be set; where no mail can be sent, says who can make one. */
export function Forgotten() {
  const texts = useTexts();
  const later = useLaterTexts();
  const { auth } = later;
  const mail = useMail();
  const [email, setEmail] = useState('');
  const [refusals, setRefusals] = useState<Refusals>({});
  const [state, setState] = useState<'asking' | 'busy' | 'sent'>('asking');

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setState('busy');
    setRefusals({});
    try {
      await requestAsGuest('post', '/api/auth/password-reset/request', { email });
      setState('sent');
    } catch (error) {
      setRefusals(refusalsOf(texts, later, error));
      setState('asking');
    }
  };

  return (
    <Welcome title={auth.forgottenTitle} notice={state === 'sent' ? auth.linkSent : undefined}>
      {mail === false && <p className="rounded-xl bg-notice px-4 py-3 text-sm text-notice-ink">{auth.noMail}</p>}
      {mail === true && state !== 'sent' && (
        <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
          <Field
            label={auth.email}
            hint={auth.linkHint}
            name="email"
            type="email"
            autoComplete="email"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            error={refusals.email ?? refusals.form}
          />
          <Button type="submit" busy={state === 'busy'} disabled={email.trim() === ''} className="min-h-12 text-base">
            {auth.sendLink}
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

/** Undefined until it is known. */
function useMail(): boolean | undefined {
  const [mail, setMail] = useState<boolean>();
  useEffect(() => {
    requestAsGuest('get', '/api/auth/registration', {}).then(
      (answer) => setMail(answer.mail),
      // Trying tells what is wrong.
      () => setMail(true),
    );
  }, []);
  return mail;
}
