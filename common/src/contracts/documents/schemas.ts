import { z } from 'zod';
import * as contracts from '../index.ts';

export type JsonSchema = Record<string, unknown>;

/** What every schema of the contracts is called that has a name there; documents refer to it instead of repeating it. */
const names = z.registry<{ id: string }>();
for (const [name, value] of Object.entries(contracts)) {
  if (value instanceof z.ZodType && !names.has(value)) names.add(value, { id: name });
}

export interface SchemaBook {
  /** The JSON Schema of what goes over the wire, with references to those that have a name. */
  of(schema: z.ZodType): JsonSchema;
  /** All that were referred to so far, by name. */
  readonly named: Readonly<Record<string, JsonSchema>>;
}

/** Collects the named schemas of one document under `#/components/schemas`, where OpenAPI and AsyncAPI both keep them. */
export function openSchemaBook(target: 'draft-2020-12' | 'draft-7'): SchemaBook {
  const named: Record<string, JsonSchema> = {};
  return {
    named,
    of(schema) {
      const whole = z.toJSONSchema(schema, { target, io: 'input', metadata: names, unrepresentable: 'any', override: plain });
      const {
        $schema: _,
        $defs,
        definitions,
        ...rest
      } = JSON.parse(JSON.stringify(whole).replaceAll(/"#\/(\$defs|definitions)\//g, '"#/components/schemas/'));
      for (const [name, part] of Object.entries({ ...$defs, ...definitions } as Record<string, JsonSchema>)) named[name] = withoutId(part);
      return withoutId(rest);
    },
  };
}

const withoutId = ({ $id: _, id: __, ...rest }: JsonSchema): JsonSchema => rest;

/** Leaves out what says nothing: the bounds that every integer of JavaScript has, and the pattern of a format that is named. */
function plain({ jsonSchema }: { jsonSchema: JsonSchema }) {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  // Patterns that need the u flag are read differently, or not at all, by most who read such documents.
  if (typeof jsonSchema.pattern === 'string' && /\\p|\\u\{/.test(jsonSchema.pattern)) {
    jsonSchema.description = `Matches /${jsonSchema.pattern}/u.`;
    delete jsonSchema.pattern;
  }
}
