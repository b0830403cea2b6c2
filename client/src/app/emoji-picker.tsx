import { emojiUsed } from '../features/settings/preferences-slice.ts';
import { useLaterTexts, useTexts } from '../texts/texts.tsx';
import { Picker } from '../ui/emoji-picker.tsx';
import { useAppDispatch, useAppSelector } from './hooks.ts';

interface EmojiPickerProps {
  readonly anchor: DOMRect;
  readonly onPick: (sign: string) => void;
  readonly onClose: () => void;
}

/** The picker, with what was used last; with the shift key held it stays for another one. */
// biome-ignore lint/style/noDefaultExport: loaded when it is first shown, which React does by the default export.
export default function EmojiPicker({ anchor, onPick, onClose }: EmojiPickerProps) {
  const { emoji } = useLaterTexts();
  const { list } = useTexts();
  const dispatch = useAppDispatch();
  const { recentEmoji, language } = useAppSelector(({ preferences }) => preferences);
  return (
    <Picker
      texts={{ ...emoji, clear: list.clearSearch }}
      language={language}
      recent={recentEmoji}
      anchor={anchor}
      onClose={onClose}
      onPick={(sign, { stay }) => {
        dispatch(emojiUsed(sign));
        onPick(sign);
        if (!stay) onClose();
      }}
    />
  );
}
