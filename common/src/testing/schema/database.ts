import type { Pool } from 'pg';
import { columnLine, referenceLine, type Table } from './tables.ts';

const columnsOf = `
  SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
    CASE WHEN a.attidentity <> '' THEN 'numbered' ELSE pg_get_expr(d.adbin, d.adrelid) END AS fallback
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY c.relname, a.attnum`;

/** Not those that Prisma has no words for: of a part of the rows, of an expression, of another kind than B-tree. */
const indexesOf = `
  SELECT t.relname AS "table", i.indisprimary AS "primary", i.indisunique AS "unique",
    (SELECT array_agg(a.attname::text || CASE WHEN i.indoption[k.place - 1] & 1 = 1 THEN ' desc' ELSE '' END ORDER BY k.place)
     FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place) JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
     WHERE k.place <= i.indnkeyatts) AS columns
  FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
  WHERE t.relnamespace = 'public'::regnamespace AND NOT t.relispartition AND i.indpred IS NULL AND i.indexprs IS NULL AND m.amname = 'btree'`;

const referencesOf = `
  SELECT t.relname AS "table", r.relname AS target,
    CASE f.confdeltype WHEN 'c' THEN 'cascade' WHEN 'r' THEN 'restrict' WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default' ELSE 'no action' END AS rule,
    (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(f.conkey) WITH ORDINALITY AS k (number, place)
     JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number) AS columns,
    (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(f.confkey) WITH ORDINALITY AS k (number, place)
     JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number) AS referred
  FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid
  WHERE f.contype = 'f' AND t.relnamespace = 'public'::regnamespace AND f.conparentid = 0`;

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly fallback: string | null;
}
interface Index {
  readonly table: string;
  readonly primary: boolean;
  readonly unique: boolean;
  readonly columns: readonly string[];
}
interface Reference {
  readonly table: string;
  readonly target: string;
  readonly rule: string;
  readonly columns: readonly string[];
  readonly referred: readonly string[];
}

/** The tables of a database, without the one that tells which migrations were applied. */
export async function readTables(database: Pool): Promise<Table[]> {
  const columns = Map.groupBy((await database.query<Column>(columnsOf)).rows, ({ table }) => table);
  const indexes = Map.groupBy((await database.query<Index>(indexesOf)).rows, ({ table }) => table);
  const references = Map.groupBy((await database.query<Reference>(referencesOf)).rows, ({ table }) => table);
  columns.delete('_prisma_migrations');
  return [...columns].map(([name, own]) => ({
    name,
    columns: own.map(({ name: column, type, nullable, fallback }) => columnLine(column, type, nullable, plainFallback(fallback))),
    keys: (indexes.get(name) ?? []).map(
      ({ primary, unique, columns: list }) => `${primary ? 'primary key' : unique ? 'unique' : 'index'} (${list.join(', ')})`,
    ),
    references: (references.get(name) ?? []).map(({ columns: list, target, referred, rule }) =>
      referenceLine(list, target, referred, rule),
    ),
  }));
}

function plainFallback(expression: string | null): string | undefined {
  if (expression === null) return undefined;
  if (expression.startsWith('nextval(')) return 'numbered';
  if (expression === 'CURRENT_TIMESTAMP' || expression === 'now()') return 'now';
  return expression.replace(/::[\w\s".]+(\(\d+\))?(\[\])?$/, '');
}
