import { readFile } from 'node:fs/promises';
import type { Pool } from 'pg';
import { readTables } from './database.ts';
import { readPrismaSchema } from './prisma.ts';
import type { Table } from './tables.ts';

/**
 * What schema.prisma says and the migrated database has not, or the other way round; empty when they agree. `besides`
 * names the tables that only SQL of our own touches and that have no model.
 */
export async function schemaDisagreements(database: Pool, schema: string | URL, besides: readonly string[] = []): Promise<string[]> {
  const said = new Map(readPrismaSchema(await readFile(schema, 'utf8')).map((table) => [table.name, table]));
  const there = new Map(
    (await readTables(database)).filter(({ name }) => said.has(name) || !besides.includes(name)).map((table) => [table.name, table]),
  );
  return [...new Set([...said.keys(), ...there.keys()])].sort().flatMap((name) => {
    const [model, table] = [said.get(name), there.get(name)];
    if (!model) return [`${name}: has no model`];
    if (!table) return [`${name}: is not in the database`];
    return (['columns', 'keys', 'references'] as const).flatMap((part) => compare(part, model, table));
  });
}

function compare(part: 'columns' | 'keys' | 'references', model: Table, table: Table): string[] {
  const [said, there] = [new Set(model[part]), new Set(table[part])];
  return [
    ...[...said.difference(there)].map((line) => `${model.name}: only in the schema: ${line}`),
    ...[...there.difference(said)].map((line) => `${model.name}: only in the database: ${line}`),
  ];
}
