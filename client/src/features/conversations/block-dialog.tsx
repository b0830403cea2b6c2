import { useDoings } from '../../app/doings.ts';
import { usePerson } from '../../app/person.ts';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

export function BlockDialog({ peerId, onClose }: { peerId: string; onClose: () => void }) {
  const { asked: texts } = useLaterTexts();
  const { dialog } = useTexts();
  const { name } = usePerson(peerId);
  const doings = useDoings(peerId);
  const block = () => {
    onClose();
    void doings.block();
  };
  return (
    <Dialog title={texts.blockTitle(name)} closeLabel={dialog.close} onClose={onClose}>
      <p className="text-soft">{texts.blockMeans}</p>
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <Button look="quiet" onClick={onClose}>
          {dialog.cancel}
        </Button>
        <Button look="danger" onClick={block}>
          {texts.blockNow}
        </Button>
      </div>
    </Dialog>
  );
}
