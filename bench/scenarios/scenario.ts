import type { Parley } from '../systems/parley.ts';
import type { System } from '../systems/system.ts';

export interface Extent {
  /** To see that everything works; the figures mean little. */
  readonly quick: boolean;
  /** Where the highest rate would be searched: this one alone. */
  readonly rate: number | undefined;
  readonly pairs: number | undefined;
  readonly tell: (line: string) => void;
  /** Kept from run to run, for what takes long to fill. */
  readonly kept: string;
}

export type Figures = Readonly<Record<string, unknown>>;

interface Common {
  readonly name: string;
  readonly title: string;
}

/** What is measured: on any system while it runs, on a Parley, or on what it starts itself. */
export type Scenario = Common &
  (
    | { readonly of: 'any'; measure(system: System, extent: Extent, from: number): Promise<Figures> }
    | { readonly of: 'parley'; measure(system: Parley, extent: Extent): Promise<Figures> }
    | { readonly of: 'itself'; measure(extent: Extent): Promise<Figures> }
  );
