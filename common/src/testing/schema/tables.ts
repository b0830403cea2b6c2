/** A table, in the words that schema.prisma and PostgreSQL can both be brought to; each line compares as it stands. */
export interface Table {
  readonly name: string;
  /** `user_id uuid not null default 0` */
  readonly columns: readonly string[];
  /** `primary key (a, b)`, `unique (a)`, `index (a, b desc)` */
  readonly keys: readonly string[];
  /** `(account_id) references accounts (id) on delete cascade` */
  readonly references: readonly string[];
}

export const columnLine = (name: string, type: string, nullable: boolean, fallback: string | undefined) =>
  `${name} ${type}${nullable ? '' : ' not null'}${fallback === undefined ? '' : ` default ${fallback}`}`;

export const referenceLine = (columns: readonly string[], table: string, referred: readonly string[], onDelete: string) =>
  `(${columns.join(', ')}) references ${table} (${referred.join(', ')}) on delete ${onDelete}`;
