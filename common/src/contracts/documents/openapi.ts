import { z } from 'zod';
import { type ErrorCode, errors, errorsOf, type Route, routes, type Service, sentences } from '../index.ts';
import { type JsonSchema, openSchemaBook, type SchemaBook } from './schemas.ts';

/** The HTTP routes that the edge lets through, of one service or of all, as OpenAPI 3.1. */
export function openApi(version: string, service?: Service): JsonSchema {
  const book = openSchemaBook('draft-2020-12');
  const chosen = Object.entries<Route>(routes).filter(
    ([, route]) => route.access !== 'internal' && (service ?? route.service) === route.service,
  );
  const paths: Record<string, JsonSchema> = {};
  for (const [name, route] of chosen) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(name, route, book) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: service ? `Parley: ${service}` : 'Parley',
      version,
      description: 'Writes need an Origin header that the installation allows. Refusals are problem+json (RFC 9457) with a stable code.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(chosen.map(([, route]) => route.service))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: problem, ...book.named },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'parley_access', description: 'Set by signing up, in or refreshing.' },
      },
    },
  };
}

function operation(name: string, route: Route, book: SchemaBook): JsonSchema {
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, parameter]) => parameter as string);
  const { properties = {}, required = [] } = book.of(route.input) as { properties?: Record<string, JsonSchema>; required?: string[] };
  const rest = Object.fromEntries(Object.entries(properties).filter(([field]) => !inPath.includes(field)));
  const isRead = route.method === 'get';
  const parameters = [
    ...inPath.map((field) => ({ name: field, in: 'path', required: true, schema: properties[field] })),
    ...(isRead
      ? Object.entries(rest).map(([field, schema]) => ({ name: field, in: 'query', required: required.includes(field), schema }))
      : []),
  ];
  return {
    operationId: name,
    summary: route.summary,
    tags: [route.service],
    security: route.access === 'session' ? [{ session: [] }] : [],
    ...(parameters.length > 0 && { parameters }),
    ...requestBody(route, isRead ? {} : rest, required),
    responses: { [route.status ?? (route.output === null ? 204 : 200)]: answerOf(route, book), ...refusals(errorsOf(route)) },
  };
}

function requestBody(route: Route, properties: Record<string, JsonSchema>, required: readonly string[]): { requestBody?: JsonSchema } {
  if (route.upload) return { requestBody: { required: true, content: bytesOf(route.upload.mediaTypes) } };
  const needed = required.filter((field) => field in properties);
  if (Object.keys(properties).length === 0) return {};
  const schema = { type: 'object', properties, ...(needed.length > 0 && { required: needed }) };
  return { requestBody: { required: needed.length > 0, content: { 'application/json': { schema } } } };
}

function answerOf(route: Route, book: SchemaBook): JsonSchema {
  if (route.output === null) return { description: 'Done.' };
  if (route.download) return { description: 'The bytes.', content: bytesOf(route.download.mediaTypes) };
  return { description: 'The answer.', content: { 'application/json': { schema: book.of(route.output) } } };
}

const bytesOf = (mediaTypes: readonly string[]) => Object.fromEntries(mediaTypes.map((type) => [type, {}]));

/** By status, with the codes that it may bear. */
function refusals(codes: readonly ErrorCode[]): JsonSchema {
  const byStatus = Map.groupBy(codes, (code) => errors[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, sharing]) => [
      status,
      {
        description: sharing.map((code) => `\`${code}\`: ${sentences[code]}`).join('\n'),
        content: {
          'application/problem+json': {
            schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: sharing } } }] },
          },
        },
      },
    ]),
  );
}

const problem = z.toJSONSchema(
  z.object({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]]),
    retryable: z.boolean().meta({ description: 'Whether trying the very same again can help.' }),
    retryAfter: z.number().min(0).optional().meta({ description: 'Seconds.' }),
    details: z.array(z.object({ field: z.string().optional(), code: z.string().optional(), message: z.string() })).optional(),
    requestId: z.string(),
  }),
  { io: 'input' },
);
delete problem.$schema;
