/** JSON as somebody may write it, also where it is no value any more: a key twice, a number past all bounds, half a text. */
export type Tree = null | boolean | number | string | Tree[] | Fields | Verbatim;

export class Fields {
  readonly entries: [string, Tree][];
  constructor(entries: [string, Tree][]) {
    this.entries = entries;
  }
}

/** Stands in the text as it is. */
export class Verbatim {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export function textOf(tree: Tree): string {
  if (tree instanceof Verbatim) return tree.text;
  if (tree instanceof Fields) return `{${tree.entries.map(([key, value]) => `${JSON.stringify(key)}:${textOf(value)}`).join(',')}}`;
  if (Array.isArray(tree)) return `[${tree.map(textOf).join(',')}]`;
  return JSON.stringify(tree);
}

/** Where something else may stand: within a list or as the value of a key. */
export interface Place {
  readonly value: Tree;
  put(value: Tree): void;
}

export function placesOf(tree: Tree): Place[] {
  const holders: { readonly holder: { [at: number]: Tree }; readonly at: number }[] = Array.isArray(tree)
    ? tree.map((_, at) => ({ holder: tree, at }))
    : tree instanceof Fields
      ? tree.entries.map((entry) => ({ holder: entry as unknown as { [at: number]: Tree }, at: 1 }))
      : [];
  return holders.flatMap(({ holder, at }) => {
    const value = holder[at] as Tree;
    const put = (other: Tree) => {
      holder[at] = other;
    };
    return [{ value, put }, ...placesOf(value)];
  });
}

export function fieldsOf(tree: Tree): Fields[] {
  const within = Array.isArray(tree) ? tree : tree instanceof Fields ? tree.entries.map(([, value]) => value) : [];
  return [...(tree instanceof Fields ? [tree] : []), ...within.flatMap(fieldsOf)];
}
