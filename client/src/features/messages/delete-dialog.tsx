import { useParley } from '../../app/hooks.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import type { BubbleView } from './bubble-view.ts';

interface DeleteDialogProps {
  readonly peerId: string;
  readonly peerName: string;
  readonly view: BubbleView;
  readonly closed: boolean;
  readonly onClose: () => void;
}

// biome-ignore lint/style/noDefaultExport: loaded when it is first shown, which React does by the default export.
export default function DeleteDialog({ peerId, peerName, view, closed, onClose }: DeleteDialogProps) {
  const { actions, dialog } = useTexts();
  const parley = useParley();
  const remove = (scope: 'everyone' | 'me') => {
    if (view.seq !== undefined) void parley.remove(peerId, view.seq, scope);
    onClose();
  };
  return (
    <Dialog title={actions.removeTitle} closeLabel={dialog.close} onClose={onClose}>
      <div className="flex flex-col gap-2">
        {view.mine && view.text !== null && !closed && (
          <Button look="danger" onClick={() => remove('everyone')}>
            {actions.removeForBoth(peerName)}
          </Button>
        )}
        <Button look="danger" onClick={() => remove('me')}>
          {actions.removeForMe}
        </Button>
        <Button look="quiet" onClick={onClose}>
          {dialog.cancel}
        </Button>
      </div>
    </Dialog>
  );
}
