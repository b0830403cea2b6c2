import { RequestError } from '@parley/client-library';
import { useState } from 'react';
import { useSession } from '../../app/hooks.ts';
import { errorText, useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

/** Says what is kept and what would be lost, before it is. */
export function SignOutDialog({ onClose }: { onClose: () => void }) {
  const texts = useTexts();
  const later = useLaterTexts();
  const { settings } = later;
  const session = useSession();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const unsent = session.unsent();

  const signOut = async () => {
    setBusy(true);
    try {
      await session.signOut();
    } catch (error) {
      setFailure(errorText(texts, later, error instanceof RequestError ? error.code : undefined));
      setBusy(false);
    }
  };

  return (
    <Dialog title={settings.signOut} closeLabel={texts.dialog.close} onClose={onClose}>
      <p className="text-soft">{unsent > 0 ? settings.signOutUnsent(unsent) : settings.signOutKeeps}</p>
      {failure && (
        <p role="alert" className="mt-3 text-sm text-danger">
          {failure}
        </p>
      )}
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <Button look="quiet" onClick={onClose}>
          {texts.dialog.cancel}
        </Button>
        <Button look={unsent > 0 ? 'danger' : 'primary'} busy={busy} onClick={() => void signOut()}>
          {settings.signOut}
        </Button>
      </div>
    </Dialog>
  );
}
