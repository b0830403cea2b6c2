import type { Entry } from '@parley/client-library';
import { useParley } from '../../app/hooks.ts';
import { useReason, useTexts } from '../../texts/texts.tsx';
import { IconButton } from '../../ui/button.tsx';

/** A change that was not taken: said until it was seen. A message that was not taken says so itself. */
export function RefusedChanges({ entries }: { entries: readonly Entry[] }) {
  const refused = entries.filter(({ command, state }) => state === 'refused' && command.type !== 'send' && command.type !== 'read');
  return refused.map((entry) => <RefusedChange key={entry.command.clientId} entry={entry} />);
}

function RefusedChange({ entry: { command, code } }: { entry: Entry }) {
  const { actions, dialog } = useTexts();
  const { outbox } = useParley();
  return (
    <p
      role="alert"
      className="mx-3 mt-2 flex items-center justify-between gap-3 rounded-xl bg-danger-soft ps-4 pe-1 text-sm text-danger sm:mx-6"
    >
      {actions.notDone(useReason(code))}
      <IconButton icon="close" label={dialog.close} onClick={() => outbox.dismiss(command.clientId)} />
    </p>
  );
}
