import { useTexts } from '../../texts/texts.tsx';
import { LaterIcon } from '../../ui/icon-later.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import type { BubbleView } from './bubble-view.ts';

export const quickReactions = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const;

/** What can be done with a message. */
export interface MessageActions {
  readonly reply: (view: BubbleView) => void;
  readonly edit: (view: BubbleView) => void;
  readonly remove: (view: BubbleView) => void;
  readonly report: (view: BubbleView) => void;
  readonly react: (view: BubbleView, emoji: string, set: boolean) => void;
  readonly pickReaction: (view: BubbleView) => void;
}

interface MessageMenuProps {
  readonly view: BubbleView;
  readonly anchor: DOMRect;
  readonly actions: MessageActions;
  /** Nothing can be written any more. */
  readonly closed: boolean;
  readonly onClose: () => void;
}

// biome-ignore lint/style/noDefaultExport: loaded when it is first shown, which React does by the default export.
export default function MessageMenu({ view, anchor, actions, closed, onClose }: MessageMenuProps) {
  const { actions: texts } = useTexts();
  const { text, mine, seq } = view;
  const then = (act: () => void) => () => {
    onClose();
    act();
  };
  const writable = text !== null && seq !== undefined && !closed;
  return (
    <Menu label={texts.menu} anchor={anchor} onClose={onClose}>
      {writable && (
        <QuickReactions
          view={view}
          onPick={(emoji, set) => then(() => actions.react(view, emoji, set))()}
          onMore={then(() => actions.pickReaction(view))}
        />
      )}
      {writable && <MenuItem icon="reply" label={texts.reply} onSelect={then(() => actions.reply(view))} />}
      {text !== null && <MenuItem icon="copy" label={texts.copy} onSelect={then(() => void navigator.clipboard?.writeText(text))} />}
      {writable && mine && <MenuItem icon="edit" label={texts.edit} onSelect={then(() => actions.edit(view))} />}
      {seq !== undefined && !mine && text !== null && (
        <MenuItem icon="flag" label={texts.report} danger onSelect={then(() => actions.report(view))} />
      )}
      {seq !== undefined && <MenuItem icon="trash" label={texts.remove} danger onSelect={then(() => actions.remove(view))} />}
    </Menu>
  );
}

interface QuickReactionsProps {
  readonly view: BubbleView;
  readonly onPick: (emoji: string, set: boolean) => void;
  readonly onMore: () => void;
}

function QuickReactions({ view, onPick, onMore }: QuickReactionsProps) {
  const { actions } = useTexts();
  const mine = new Set(view.reactions.filter((reaction) => reaction.mine).map(({ emoji }) => emoji));
  return (
    <div className="mb-1 flex justify-between gap-0.5 border-b border-line pb-1">
      {quickReactions.map((emoji) => (
        <button
          key={emoji}
          type="button"
          role="menuitemcheckbox"
          aria-checked={mine.has(emoji)}
          aria-label={actions.react(emoji)}
          tabIndex={-1}
          onClick={() => onPick(emoji, !mine.has(emoji))}
          className="flex size-10 items-center justify-center rounded-full text-xl hover:bg-hover focus:bg-hover focus:outline-none aria-checked:bg-selected"
        >
          {emoji}
        </button>
      ))}
      <button
        type="button"
        role="menuitem"
        aria-label={actions.moreReactions}
        title={actions.moreReactions}
        tabIndex={-1}
        onClick={onMore}
        className="flex size-10 items-center justify-center rounded-full text-soft hover:bg-hover focus:bg-hover focus:outline-none"
      >
        <LaterIcon name="plus" />
      </button>
    </div>
  );
}
