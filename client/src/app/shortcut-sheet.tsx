import { useLaterTexts, useTexts } from '../texts/texts.tsx';
import { Dialog } from '../ui/dialog.tsx';

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);
const ctrl = isApple ? '⌘' : 'Ctrl';
const alt = isApple ? '⌥' : 'Alt';
const shift = isApple ? '⇧' : 'Shift';

/** Which keys do what. */
// biome-ignore lint/style/noDefaultExport: loaded when it is first shown, which React does by the default export.
export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const { shortcuts } = useLaterTexts();
  const { dialog } = useTexts();
  const groups: readonly [title: string, keys: readonly [does: string, keys: readonly string[]][]][] = [
    [
      shortcuts.everywhere,
      [
        [shortcuts.switcher, [ctrl, 'K']],
        [shortcuts.next, [alt, '↓']],
        [shortcuts.previous, [alt, '↑']],
        [shortcuts.searchHere, [ctrl, shift, 'F']],
        [shortcuts.settings, [ctrl, ',']],
        [shortcuts.sheet, [ctrl, '/']],
      ],
    ],
    [
      shortcuts.lists,
      [
        [shortcuts.move, ['↑', '↓']],
        [shortcuts.open, ['⏎']],
        [shortcuts.menu, [shift, 'F10']],
      ],
    ],
    [
      shortcuts.writing,
      [
        [shortcuts.send, ['⏎']],
        [shortcuts.line, [shift, '⏎']],
        [shortcuts.editLast, ['↑']],
        [shortcuts.emoji, [':']],
        [shortcuts.leave, ['Esc']],
      ],
    ],
  ];
  return (
    <Dialog title={shortcuts.title} closeLabel={dialog.close} onClose={onClose}>
      <div className="flex flex-col gap-5">
        {groups.map(([title, keys]) => (
          <section key={title}>
            <h3 className="mb-1.5 text-xs font-semibold text-faint">{title}</h3>
            <dl>
              {keys.map(([does, pressed]) => (
                <div key={does} className="flex min-h-9 items-center justify-between gap-4 text-sm">
                  <dt>{does}</dt>
                  <dd className="flex shrink-0 gap-1">
                    {pressed.map((key) => (
                      <kbd
                        key={key}
                        className="min-w-7 rounded-md border border-line bg-field px-1.5 py-0.5 text-center font-sans text-xs text-soft"
                      >
                        {key}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
