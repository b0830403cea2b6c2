import type { Random } from '../chaos/random.ts';
import { longs, strings } from './oddities.ts';
import { Fields, type Tree } from './tree.ts';

/** As much of JSON Schema as the contracts come out as. */
export interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly maxItems?: number;
  readonly minItems?: number;
  readonly oneOf?: readonly Shape[];
  readonly anyOf?: readonly Shape[];
  readonly enum?: readonly (string | number)[];
  readonly const?: string | number | boolean;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

const EMOJI = ['👍', '❤️', '👩‍👩‍👧‍👦', '🇩🇪', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'];
const WORDS = ['hello', 'a', 'Ω≈ç√', 'שלום', '你好', 'line\nline', '  spaces  ', '😀'.repeat(20), 'x'.repeat(300)];

/** Makes what a shape asks for, mostly within its bounds and now and then on either side of them. */
export function createValues(random: Random, people: readonly string[]) {
  const value = (shape: Shape, name = ''): Tree => {
    if (shape.const !== undefined) return shape.const;
    if (shape.enum) return random.pick(shape.enum);
    const choices = shape.oneOf ?? shape.anyOf;
    if (choices) return value(random.pick(choices), name);
    switch (shape.type) {
      case 'object':
        return object(shape);
      case 'array':
        return Array.from({ length: count(shape) }, () => value(shape.items ?? {}, name));
      case 'boolean':
        return random.chance(0.5);
      case 'integer':
      case 'number':
        return number(shape);
      case 'null':
        return null;
      default:
        return text(shape, name);
    }
  };

  const object = ({ properties = {}, required = [] }: Shape) =>
    new Fields(
      Object.entries(properties)
        .filter(([name]) => required.includes(name) || random.chance(0.6))
        .map(([name, shape]) => [name, value(shape, name)]),
    );

  const count = ({ minItems = 0, maxItems = 5 }: Shape) => {
    if (random.chance(0.03)) return random.pick([Math.max(0, minItems - 1), minItems, maxItems, maxItems + 1]);
    return Math.min(maxItems, minItems + random.below(4));
  };

  const number = ({ minimum = 0, maximum = 1000 }: Shape) => {
    if (random.chance(0.05)) return random.pick([minimum - 1, minimum, maximum, maximum + 1, minimum + 0.5]);
    return minimum + random.below(Math.min(40, maximum - minimum + 1));
  };

  const text = ({ format, minLength = 0, maxLength = 200 }: Shape, name: string): string => {
    if (format === 'uuid') return name === 'clientId' || random.chance(0.1) ? uuid() : random.pick(people);
    if (format === 'date-time') return random.pick(['2026-01-01T00:00:00.000Z', '2099-12-31T23:59:59.999Z', '0000-01-01T00:00:00.000Z']);
    if (name === 'emoji') return random.pick(EMOJI);
    if (name === 'archived') return random.pick(['true', 'false', '1', 'on']);
    if (name === 'after') return cursor();
    if (random.chance(0.06)) return random.pick(longs)(random.pick([Math.max(0, minLength - 1), maxLength, maxLength + 1, 2 * maxLength]));
    return random.chance(0.15) ? random.pick(strings) : random.pick(WORDS);
  };

  /** As clients make them, but from this random alone. */
  const uuid = () => {
    const digits = (length: number) => Array.from({ length }, () => random.below(16).toString(16)).join('');
    return `${digits(8)}-${digits(4)}-7${digits(3)}-8${digits(3)}-${digits(12)}`;
  };

  /** Like those that pages end with. */
  const cursor = () => {
    const parts = Array.from({ length: random.below(5) }, () =>
      random.pick<unknown>(['true', '1', '-1', '2026-01-01T00:00:00.000Z', random.pick(people), random.pick(strings), null, 7, {}]),
    );
    return Buffer.from(JSON.stringify(parts)).toString('base64url');
  };

  return value;
}
