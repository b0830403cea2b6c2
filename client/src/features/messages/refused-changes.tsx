import type { Entry } from '@parley/client-library';
import { useParley } from '../../app/hooks.ts';
import { errorText, useTexts } from '../../texts/texts.tsx';
import { IconButton } from '../../ui/button.tsx';

/** A change that was not taken: said until it was seen. A message that was not taken says so itself. */
export function RefusedChanges({ entries }: { entries: readonly Entry[] }) {
  const texts = useTexts();
  const { outbox } = useParley();
  const refused = entries.filter(({ command, state }) => state === 'refused' && command.type !== 'send' && command.type !== 'read');
  return refused.map(({ command, code }) => (
    <p
      key={command.clientId}
      role="alert"
      className="mx-3 mt-2 flex items-center justify-between gap-3 rounded-xl bg-danger-soft ps-4 pe-1 text-sm text-danger sm:mx-6"
    >
      {texts.actions.notDone(errorText(texts, code))}
      <IconButton icon="close" label={texts.dialog.close} onClick={() => outbox.dismiss(command.clientId)} />
    </p>
  ));
}
