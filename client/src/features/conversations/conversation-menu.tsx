import type { Asked } from '../../app/conversation-menu.tsx';
import { type MuteTime, muteTimes, useDoings } from '../../app/doings.ts';
import { useAppSelector } from '../../app/hooks.ts';
import { usePanelDoings } from '../../app/panel.ts';
import { useNow } from '../../app/when.ts';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Menu, MenuItem, MenuRule } from '../../ui/menu.tsx';
import { BlockDialog } from './block-dialog.tsx';
import { isMuted } from './conversations-slice.ts';
import { ReportDialog } from './report-dialog.tsx';

interface AnswerProps {
  readonly asked: Asked;
  readonly onAsk: (asked: Asked) => void;
  readonly onClose: () => void;
}

// biome-ignore lint/style/noDefaultExport: loaded when it is first shown, which React does by the default export.
export default function Answer({ asked, onAsk, onClose }: AnswerProps) {
  switch (asked.kind) {
    case 'menu':
      return <ConversationMenu {...asked} onAsk={onAsk} onClose={onClose} />;
    case 'mute':
      return <MuteMenu {...asked} onClose={onClose} />;
    case 'block':
      return <BlockDialog peerId={asked.peerId} onClose={onClose} />;
    case 'report':
      return <ReportDialog {...asked} onClose={onClose} />;
  }
}

type MenuProps<K extends Asked['kind']> = Extract<Asked, { kind: K }> & Pick<AnswerProps, 'onClose'>;

function ConversationMenu({ peerId, anchor, inside, onAsk, onClose }: MenuProps<'menu'> & Pick<AnswerProps, 'onAsk'>) {
  const { asked: texts } = useLaterTexts();
  const { conversation: said, doings: own } = useTexts();
  const conversation = useAppSelector((state) => state.conversations.byPeer[peerId]);
  const now = useNow();
  const doings = useDoings(peerId);
  const panel = usePanelDoings();
  const then = (act: () => void) => () => {
    onClose();
    act();
  };
  if (!conversation) return null;
  const { settings, unread, lastSeq, closed } = conversation;
  const muted = isMuted(settings, now);
  const hasUnread = unread > 0 || settings.markedUnread;
  const begun = lastSeq > 0;
  return (
    <Menu label={own.menu} anchor={anchor} onClose={onClose}>
      {inside && <MenuItem icon="info" label={said.details} onSelect={then(() => panel.open('details'))} />}
      {inside && begun && <MenuItem icon="search" label={said.search} onSelect={then(() => panel.open('search'))} />}
      {inside && <MenuRule />}
      {begun && <MenuItem icon="pin" label={settings.pinned ? own.unpin : own.pin} onSelect={then(() => doings.pin(!settings.pinned))} />}
      {muted ? (
        <MenuItem icon="bell" label={own.unmute} onSelect={then(doings.unmute)} />
      ) : (
        <MenuItem icon="muted" label={own.mute} onSelect={() => onAsk({ kind: 'mute', peerId, anchor })} />
      )}
      {begun &&
        (hasUnread ? (
          <MenuItem icon="check" label={texts.markRead} onSelect={then(() => doings.markRead(conversation))} />
        ) : (
          <MenuItem icon="unread" label={texts.markUnread} onSelect={then(doings.markUnread)} />
        ))}
      {begun && (
        <MenuItem
          icon="archive"
          label={settings.archived ? own.unarchive : own.archive}
          onSelect={then(() => doings.archive(!settings.archived))}
        />
      )}
      {!closed && <MenuRule />}
      {!closed &&
        (settings.blocked ? (
          <MenuItem icon="block" label={own.unblock} onSelect={then(() => void doings.unblock())} />
        ) : (
          <MenuItem icon="block" label={own.block} danger onSelect={() => onAsk({ kind: 'block', peerId })} />
        ))}
      {begun && <MenuItem icon="flag" label={own.report} danger onSelect={() => onAsk({ kind: 'report', peerId })} />}
    </Menu>
  );
}

function MuteMenu({ peerId, anchor, onClose }: MenuProps<'mute'>) {
  const { asked: texts } = useLaterTexts();
  const { doings: own } = useTexts();
  const doings = useDoings(peerId);
  const pick = (time: MuteTime) => () => {
    onClose();
    doings.mute(time);
  };
  return (
    <Menu label={own.mute} anchor={anchor} onClose={onClose}>
      {muteTimes.map((time) => (
        <MenuItem key={time} icon={time === null ? 'muted' : 'clock'} label={texts.muteFor[time ?? 'ever']} onSelect={pick(time)} />
      ))}
    </Menu>
  );
}
