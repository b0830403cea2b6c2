import { type FormEvent, useState } from 'react';
import { useMe, useSession } from '../../app/hooks.ts';
import { PasswordField } from '../../app/password-field.tsx';
import { refusalsOf } from '../../app/refusals.ts';
import { requestAs } from '../../app/requests.ts';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

export function DeleteAccountDialog({ onClose }: { onClose: () => void }) {
  const texts = useTexts();
  const later = useLaterTexts();
  const { settings, auth } = later;
  const session = useSession();
  const { userId } = useMe();
  const [password, setPassword] = useState('');
  const [failure, setFailure] = useState<string>();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      // Not by the device: what it asked for ends with its session, and of that it may hear before the answer comes.
      await session.deleteAccount(() => requestAs(userId)('delete', '/api/auth/me', { password }));
    } catch (error) {
      setFailure(Object.values(refusalsOf(texts, later, error))[0]);
    }
  };

  return (
    <Dialog title={settings.deleteAccount} closeLabel={texts.dialog.close} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <p className="mb-5 text-soft">{settings.deleteAccountMeans}</p>
        <PasswordField
          label={auth.password}
          autoComplete="current-password"
          value={password}
          error={failure}
          onChange={(event) => setPassword(event.target.value)}
        />
        <div className="mt-5 flex flex-wrap justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            {texts.dialog.cancel}
          </Button>
          <Button type="submit" look="danger" disabled={password === ''}>
            {settings.deleteForGood}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
