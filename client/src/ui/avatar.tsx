const hues = ['bg-hue-0', 'bg-hue-1', 'bg-hue-2', 'bg-hue-3', 'bg-hue-4', 'bg-hue-5', 'bg-hue-6', 'bg-hue-7'] as const;

const sizes = {
  small: { box: 'size-8', text: 'text-xs', dot: 'size-2.5 border-2' },
  medium: { box: 'size-10', text: 'text-sm', dot: 'size-3 border-2' },
  large: { box: 'size-12', text: 'text-base', dot: 'size-3.5 border-[2.5px]' },
  huge: { box: 'size-28', text: 'text-4xl', dot: 'size-6 border-4' },
} as const;

export interface AvatarProps {
  readonly userId: string;
  readonly name: string;
  readonly pictureId?: string | null | undefined;
  readonly size?: keyof typeof sizes;
  readonly online?: boolean;
}

/** A picture, or the first letters of the name on a colour that stays the person's own. Beside a name, so it says nothing itself. */
export function Avatar({ userId, name, pictureId, size = 'large', online = false }: AvatarProps) {
  const { box, text, dot } = sizes[size];
  return (
    <span aria-hidden="true" className={`relative inline-block shrink-0 select-none ${box}`}>
      {pictureId ? (
        <img src={`/api/users/${userId}/picture/${pictureId}`} alt="" className="size-full rounded-full bg-field object-cover" />
      ) : (
        <span className={`flex size-full items-center justify-center rounded-full font-semibold text-white ${text} ${hueOf(userId)}`}>
          {initialsOf(name)}
        </span>
      )}
      {online && <span className={`absolute -end-0.5 -bottom-0.5 rounded-full border-surface bg-online ${dot}`} />}
    </span>
  );
}

/** The end of an id is its random part. */
const hueOf = (userId: string) => hues[Number.parseInt(userId.slice(-3), 16) % hues.length];

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return (
    letters
      .map((word) => [...(word ?? '')][0] ?? '')
      .join('')
      .toUpperCase() || '?'
  );
}
