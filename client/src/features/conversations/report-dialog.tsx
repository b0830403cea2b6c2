import { limits } from '@parley/common/contracts/limits';
import { type FormEvent, useState } from 'react';
import { useDoings } from '../../app/doings.ts';
import { useAppSelector, useParley } from '../../app/hooks.ts';
import { usePerson } from '../../app/person.ts';
import { useSay } from '../../app/toasts.tsx';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

/** What the operator reads before the words of whoever reports; the same in every language. */
const reasons = ['spam', 'harassment', 'threat', 'impersonation', 'other'] as const;
type Reason = (typeof reasons)[number];

interface ReportDialogProps {
  readonly peerId: string;
  readonly seq?: number;
  readonly onClose: () => void;
}

export function ReportDialog({ peerId, seq, onClose }: ReportDialogProps) {
  const { asked: texts } = useLaterTexts();
  const { dialog } = useTexts();
  const { name } = usePerson(peerId);
  const doings = useDoings(peerId);
  const say = useSay();
  const lastOfTheirs = useLastOfTheirs(peerId);
  const blocked = useAppSelector((state) => state.conversations.byPeer[peerId]?.settings.blocked ?? false);
  const [reason, setReason] = useState<Reason>();
  const [words, setWords] = useState('');
  const [block, setBlock] = useState(false);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const about = seq ?? (await lastOfTheirs());
    if (about === undefined) say({ text: texts.nothingToReport(name) });
    else if (await doings.report(about, [reason, words.trim()].filter(Boolean).join(': '))) {
      if (!block || (await doings.block())) say({ text: texts.reported });
    }
    onClose();
  };

  return (
    <Dialog title={seq === undefined ? texts.reportTitle(name) : texts.reportMessageTitle} closeLabel={dialog.close} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <p className="text-sm text-soft">{seq === undefined ? texts.reportMeans : texts.reportMessageMeans}</p>
        <fieldset className="-mx-2">
          <legend className="sr-only">{texts.reason}</legend>
          {reasons.map((one) => (
            <label key={one} className="flex cursor-pointer items-center gap-3 rounded-lg px-2 py-2 text-sm hover:bg-hover">
              <input type="radio" name="reason" className="size-4 accent-accent" checked={reason === one} onChange={() => setReason(one)} />
              {texts.reasons[one]}
            </label>
          ))}
        </fieldset>
        <textarea
          aria-label={texts.reportNote}
          placeholder={texts.reportNote}
          rows={2}
          maxLength={limits.reportNote - 'impersonation: '.length}
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className="w-full resize-none rounded-xl border border-outline/60 bg-surface px-3.5 py-2.5 text-base sm:text-sm"
        />
        {!blocked && (
          <label className="flex cursor-pointer items-center gap-3 text-sm">
            <input type="checkbox" className="size-4 accent-accent" checked={block} onChange={() => setBlock(!block)} />
            {texts.blockToo(name)}
          </label>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            {dialog.cancel}
          </Button>
          <Button type="submit" look="danger" busy={busy} disabled={reason === undefined}>
            {texts.reportNow}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** A report names a message: where none was chosen, the last one that came from them. */
function useLastOfTheirs(peerId: string) {
  const parley = useParley();
  const held = useAppSelector((state) => state.held[peerId]?.lastPeerSeq);
  const preview = useAppSelector((state) => state.conversations.byPeer[peerId]?.preview);
  return async () => {
    if (held) return held;
    if (preview?.senderId === peerId) return preview.seq;
    const page = await parley
      .request('get', '/api/messages/conversations/:peerId/messages', { peerId, limit: limits.page })
      .catch(() => undefined);
    return page?.messages.findLast(({ senderId }) => senderId === peerId)?.seq;
  };
}
