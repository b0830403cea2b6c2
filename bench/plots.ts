/** Plots that are read at a glance, in light and in dark: bars, and ranges on a logarithmic scale. */
const WIDTH = 760;
const LABELS = 250;
const RIGHT = 190;
const ROW = 34;
const TOP = 74;

export interface Row {
  readonly label: string;
  /** Parley's own stand out. */
  readonly ours: boolean;
  readonly told: string;
}

export interface Bar extends Row {
  /** One after the other; what is behind the first is paler. */
  readonly parts: readonly number[];
}

export interface Range extends Row {
  /** Undefined: there is nothing to draw. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export function barPlot(title: string, subtitle: string, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ parts }) => sum(parts)));
  const scale = (value: number) => (value / most) * (WIDTH - LABELS - RIGHT);
  const rows = bars.map((bar, index) => {
    let x = LABELS;
    const drawn = bar.parts.map((part, place) => {
      const width = Math.max(1, scale(part));
      const rect = `<rect class="${kind(bar)}${place > 0 ? ' pale' : ''}" x="${fixed(x)}" y="${topOf(index) + 7}" width="${fixed(width)}" height="20" rx="3"/>`;
      x += width;
      return rect;
    });
    return [labelOf(bar, index), ...drawn, told(bar, index, x)].join('\n  ');
  });
  return plot(title, subtitle, rows);
}

export function rangePlot(title: string, subtitle: string, ranges: readonly Range[], marks: readonly number[]): string {
  const [least, most] = [marks[0] as number, marks.at(-1) as number];
  const scale = (value: number) =>
    LABELS + (Math.log(Math.min(most, Math.max(least, value)) / least) / Math.log(most / least)) * (WIDTH - LABELS - RIGHT);
  const bottom = topOf(ranges.length) + 4;
  const grid = marks.map(
    (mark) =>
      `<line class="grid" x1="${fixed(scale(mark))}" x2="${fixed(scale(mark))}" y1="${TOP}" y2="${bottom}"/>` +
      `<text class="quiet" x="${fixed(scale(mark))}" y="${bottom + 16}" text-anchor="middle">${mark >= 1_000 ? `${mark / 1_000} s` : `${mark} ms`}</text>`,
  );
  const rows = ranges.map((range, index) => {
    if (range.from === undefined || range.to === undefined) return [labelOf(range, index), told(range, index, LABELS)].join('\n  ');
    const [from, to, middle] = [scale(range.from), scale(range.to), topOf(index) + 17];
    const line = `<line class="${kind(range)}" x1="${fixed(from)}" x2="${fixed(to)}" y1="${middle}" y2="${middle}"/>`;
    const ends = `<circle class="${kind(range)}" cx="${fixed(from)}" cy="${middle}" r="6"/><rect class="${kind(range)}" x="${fixed(to - 2)}" y="${middle - 8}" width="4" height="16"/>`;
    return [labelOf(range, index), line, ends, told(range, index, Math.max(to, from))].join('\n  ');
  });
  return plot(title, subtitle, [...grid, ...rows], 24);
}

const plot = (title: string, subtitle: string, drawn: readonly string[], below = 0) => {
  const height = TOP + drawn.filter((part) => part.includes('class="label')).length * ROW + 14 + below;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(`${title}. ${subtitle}`)}">
  <style>
    svg { font: 14px system-ui, -apple-system, 'Segoe UI', sans-serif; background: #ffffff; color-scheme: light dark; }
    .title { font-size: 17px; font-weight: 600; fill: #1c1c28; } .quiet { font-size: 12px; fill: #62627a; }
    .label { fill: #1c1c28; } .label.ours, .told.ours { font-weight: 600; } .told { fill: #1c1c28; }
    .ours { fill: #5b4bdb; } line.ours { stroke: #5b4bdb; } .theirs { fill: #9a9ab0; } line.theirs { stroke: #9a9ab0; }
    line.ours, line.theirs { stroke-width: 4; } .pale { opacity: .45; } .grid { stroke: #e4e4ee; }
    text.ours, text.theirs { fill: #1c1c28; }
    @media (prefers-color-scheme: dark) {
      svg { background: #16161f; } .title, .label, .told, text.ours, text.theirs { fill: #ececf4; } .quiet { fill: #a3a3b8; }
      .ours { fill: #9d8fff; } line.ours { stroke: #9d8fff; } .theirs { fill: #6d6d85; } line.theirs { stroke: #6d6d85; } .grid { stroke: #2c2c3a; }
    }
  </style>
  <text class="title" x="16" y="30">${escaped(title)}</text>
  <text class="quiet" x="16" y="52">${escaped(subtitle)}</text>
  ${drawn.join('\n  ')}
</svg>
`;
};

const labelOf = (row: Row, index: number) =>
  `<text class="label ${kind(row)}" x="${LABELS - 12}" y="${topOf(index) + 22}" text-anchor="end">${escaped(row.label)}</text>`;
const told = (row: Row, index: number, x: number) =>
  `<text class="told ${kind(row)}" x="${fixed(x + 10)}" y="${topOf(index) + 22}">${escaped(row.told)}</text>`;
const topOf = (index: number) => TOP + index * ROW;
const kind = ({ ours }: Row) => (ours ? 'ours' : 'theirs');
const sum = (parts: readonly number[]) => parts.reduce((one, other) => one + other, 0);
const fixed = (value: number) => value.toFixed(1);
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
