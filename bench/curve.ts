import type { Point } from './growth.ts';

export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

const WIDTH = 900;
const HEIGHT = 170;
const [LEFT, RIGHT, TOP, BOTTOM] = [60, 190, 34, 26];
const COLOURS = ['#2563eb', '#dc2626', '#059669', '#d97706', '#7c3aed', '#0891b2', '#be185d', '#4b5563', '#65a30d', '#9333ea'];

/** Panels one above the other, each from zero, over the minutes of the run. */
export function curves(panels: readonly Panel[]): string {
  const height = panels.length * (HEIGHT + TOP + BOTTOM);
  const drawn = panels.map((panel, at) => `<g transform="translate(0 ${at * (HEIGHT + TOP + BOTTOM)})">${draw(panel)}</g>`).join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" fill="#374151">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${drawn}
</svg>
`;
}

function draw({ title, lines }: Panel): string {
  const all = lines.flatMap(({ points }) => points);
  const last = Math.max(1, ...all.map(([at]) => at));
  const most = Math.max(1, ...all.map(([, value]) => value)) * 1.1;
  const x = (at: number) => LEFT + (at / last) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => TOP + HEIGHT - (value / most) * HEIGHT;
  const rules = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const value = part * most;
    return `<path d="M${LEFT} ${y(value)}H${WIDTH - RIGHT}" stroke="#e5e7eb"/><text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${short(value)}</text>`;
  });
  const minutes = Array.from({ length: 6 }, (_, at) => (at * last) / 5).map(
    (at) => `<text x="${x(at)}" y="${TOP + HEIGHT + 18}" text-anchor="middle">${(at / 60).toFixed(1)} min</text>`,
  );
  const drawn = lines.map(({ name, points }, at) => {
    const colour = COLOURS[at % COLOURS.length];
    const path = points.map(([when, value], first) => `${first === 0 ? 'M' : 'L'}${x(when).toFixed(1)} ${y(value).toFixed(1)}`).join('');
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/><text x="${WIDTH - RIGHT + 10}" y="${TOP + 12 + at * 16}" fill="${colour}">${name}</text>`;
  });
  return [`<text x="${LEFT}" y="20" font-weight="bold">${title}</text>`, ...rules, ...minutes, ...drawn].join('\n');
}

const short = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
