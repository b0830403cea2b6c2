import { limits } from '@parley/common/contracts/limits';
import { type FormEvent, useState } from 'react';
import { useMe, useParley } from '../../app/hooks.ts';
import { PasswordField } from '../../app/password-field.tsx';
import { type Refusals, refusalsOf } from '../../app/refusals.ts';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';

const blank = { current: '', next: '' };

export function ChangePassword() {
  const texts = useTexts();
  const later = useLaterTexts();
  const { settings, auth } = later;
  const parley = useParley();
  const { userName } = useMe();
  const [form, setForm] = useState(blank);
  const [refusals, setRefusals] = useState<Refusals>({});
  const [changed, setChanged] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setRefusals({});
    setChanged(false);
    try {
      await parley.request('post', '/api/auth/password', form);
      setForm(blank);
      setChanged(true);
    } catch (error) {
      const { form: other, ...about } = refusalsOf(texts, later, error);
      setRefusals({ ...(other && { current: other }), ...about });
    }
  };

  return (
    <Card title={settings.changePassword}>
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5" noValidate>
        <input type="text" name="username" autoComplete="username" value={userName} readOnly hidden />
        <PasswordField
          label={settings.currentPassword}
          autoComplete="current-password"
          value={form.current}
          error={refusals.current}
          onChange={(event) => setForm({ ...form, current: event.target.value })}
        />
        <PasswordField
          label={settings.newPassword}
          hint={auth.passwordHint(limits.passwordMin)}
          autoComplete="new-password"
          value={form.next}
          error={refusals.next}
          onChange={(event) => setForm({ ...form, next: event.target.value })}
        />
        <div className="flex flex-wrap items-center gap-4">
          <Button type="submit" disabled={form.current === '' || form.next === ''}>
            {settings.changePassword}
          </Button>
          <span role="status" className="text-sm text-soft">
            {changed && settings.passwordChanged}
          </span>
        </div>
      </form>
    </Card>
  );
}
