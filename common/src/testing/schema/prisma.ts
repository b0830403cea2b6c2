import { columnLine, referenceLine, type Table } from './tables.ts';

const types: Readonly<Record<string, string>> = {
  String: 'text',
  Boolean: 'boolean',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
  DateTime: 'timestamp(3) without time zone',
  Json: 'jsonb',
  Bytes: 'bytea',
};
const nativeTypes: Readonly<Record<string, string>> = {
  Uuid: 'uuid',
  Text: 'text',
  VarChar: 'character varying',
  SmallInt: 'smallint',
  Integer: 'integer',
  Date: 'date',
  Inet: 'inet',
  JsonB: 'jsonb',
  Real: 'real',
};
const onDelete: Readonly<Record<string, string>> = { Cascade: 'cascade', Restrict: 'restrict', SetNull: 'set null', NoAction: 'no action' };

interface Field {
  readonly name: string;
  readonly type: string;
  readonly mark: string;
  readonly attributes: string;
  readonly column: string;
}

interface Model {
  readonly name: string;
  readonly table: string;
  readonly fields: readonly Field[];
  readonly block: readonly string[];
}

/** The tables that a schema.prisma describes. */
export function readPrismaSchema(text: string): Table[] {
  const models = [...text.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, name, body]) => readModel(name as string, body as string));
  const byName = new Map(models.map((model) => [model.name, model]));
  return models.map((model) => ({
    name: model.table,
    columns: model.fields.filter(({ type }) => !byName.has(type)).map(columnOf),
    keys: keysOf(model),
    references: model.fields.flatMap((field) => referenceOf(field, model, byName.get(field.type))),
  }));
}

function readModel(name: string, body: string): Model {
  const lines = body
    .split('\n')
    .map((line) => line.replace(/\s*\/\/.*$/, '').trim())
    .filter(Boolean);
  const block = lines.filter((line) => line.startsWith('@@'));
  return {
    name,
    block,
    table: mapped(block.join('\n'), '@@map') ?? name,
    fields: lines.filter((line) => !line.startsWith('@@')).map(readField),
  };
}

function readField(line: string): Field {
  const [, name = '', type = '', mark = '', attributes = ''] = /^(\w+)\s+(\w+)(\[\]|\?)?\s*(.*)$/.exec(line) ?? [];
  return { name, type, mark, attributes, column: mapped(attributes, '@map') ?? name };
}

const mapped = (text: string, attribute: string) => new RegExp(`(?<!@)${attribute}\\((?:name: )?"([^"]+)"\\)`).exec(text)?.[1];

function columnOf({ column, type, mark, attributes }: Field): string {
  const [, native, size = ''] = /@db\.(\w+)(\(\d+\))?/.exec(attributes) ?? [];
  const sql =
    native === undefined
      ? types[type]
      : native.startsWith('Timestamp')
        ? timestamp(native, size)
        : nativeTypes[native] && nativeTypes[native] + size;
  if (sql === undefined) throw new Error(`${column}: no type is known for ${type} ${attributes}`);
  return columnLine(column, mark === '[]' ? `${sql}[]` : sql, mark === '?', fallbackOf(attributes));
}

const timestamp = (native: string, size: string) => `timestamp${size} ${native === 'Timestamptz' ? 'with' : 'without'} time zone`;

function fallbackOf(attributes: string): string | undefined {
  const value = /@default\(((?:"[^"]*"|[^()]|\([^()]*\))*)\)/.exec(attributes)?.[1];
  if (value === undefined || /^(uuid|cuid|ulid|nanoid)\(/.test(value)) return undefined;
  if (value === 'now()') return 'now';
  if (value === 'autoincrement()') return 'numbered';
  if (value === '[]') return "'{}'";
  return value.replace(/^"(.*)"$/, "'$1'");
}

function keysOf({ fields, block }: Model): string[] {
  const column = (name: string) => fields.find((field) => field.name === name)?.column ?? name;
  const words = { id: 'primary key', unique: 'unique', index: 'index' } as const;
  const single = fields.flatMap(({ column: name, attributes }) => [
    ...(/@id\b/.test(attributes) ? [`primary key (${name})`] : []),
    ...(/@unique\b/.test(attributes) ? [`unique (${name})`] : []),
  ]);
  const several = block.flatMap((line) => {
    const [, kind, list] = /^@@(id|unique|index)\((?:fields: )?\[([^\]]*)\]/.exec(line) ?? [];
    if (kind === undefined || list === undefined) return [];
    const columns = list.split(/,\s*(?![^(]*\))/).map((part) => {
      const [, name = '', options = ''] = /^\s*(\w+)(?:\((.*)\))?\s*$/.exec(part) ?? [];
      return `${column(name)}${options.includes('sort: Desc') ? ' desc' : ''}`;
    });
    return [`${words[kind as keyof typeof words]} (${columns.join(', ')})`];
  });
  return [...single, ...several];
}

function referenceOf({ attributes }: Field, { fields }: Model, target: Model | undefined): string[] {
  const [, own, referred] = /@relation\([^)]*fields: \[([^\]]*)\], references: \[([^\]]*)\]/.exec(attributes) ?? [];
  if (!target || own === undefined || referred === undefined) return [];
  const columns = (names: string, of: readonly Field[]) =>
    names.split(/,\s*/).map((name) => of.find((field) => field.name === name)?.column ?? name);
  const ownColumns = columns(own, fields);
  const optional = fields.some((field) => ownColumns.includes(field.column) && field.mark === '?');
  const rule = /onDelete: (\w+)/.exec(attributes)?.[1];
  return [
    referenceLine(
      ownColumns,
      target.table,
      columns(referred, target.fields),
      rule ? (onDelete[rule] ?? rule) : optional ? 'set null' : 'restrict',
    ),
  ];
}
