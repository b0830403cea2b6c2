import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../database.ts';
import { testLog } from '../world.ts';
import { schemaDisagreements } from './agreement.ts';

const schema = `
model Person {
  id       String    @id @db.Uuid
  /// How they are called.
  name     String    @default("somebody") // not unique
  email    String?   @unique @map("e_mail")
  age      Int       @default(0)
  tags     String[]  @default([])
  seenAt   DateTime  @default(now()) @map("seen_at") @db.Timestamptz(3)
  code     String?   @db.VarChar(12)
  note     Json?
  pictures Picture[]

  @@index([name, seenAt(sort: Desc)], map: "people_by_name")
  @@map("people")
}

model Picture {
  number   BigInt @id @default(autoincrement())
  personId String @map("person_id") @db.Uuid
  bytes    Bytes
  person   Person @relation(fields: [personId], references: [id], onDelete: Cascade)

  @@unique([personId, number])
  @@map("pictures")
}
`;

const sql = `
CREATE TABLE people (
  id uuid PRIMARY KEY, name text NOT NULL DEFAULT 'somebody', e_mail text UNIQUE, age integer NOT NULL DEFAULT 0,
  tags text[] NOT NULL DEFAULT '{}', seen_at timestamptz(3) NOT NULL DEFAULT now(), code varchar(12), note jsonb
);
CREATE INDEX people_by_name ON people (name, seen_at DESC);
CREATE INDEX people_grown_up ON people (name) WHERE age > 17;
CREATE TABLE pictures (
  number bigserial PRIMARY KEY, person_id uuid NOT NULL REFERENCES people ON DELETE CASCADE, bytes bytea NOT NULL,
  UNIQUE (person_id, number)
);
CREATE TABLE counts (n integer);
`;

let database: TestDatabase;
let folder: string;
beforeEach(async () => {
  database = await testDatabase(testLog);
  folder = await mkdtemp(join(tmpdir(), 'parley-schema-'));
  await writeFile(join(folder, 'schema.prisma'), schema);
  await database.pool.query(sql);
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
const disagreements = () => schemaDisagreements(database.pool, join(folder, 'schema.prisma'), ['counts']);

test('a schema and the database that it describes agree', async () => {
  expect(await disagreements()).toEqual([]);
});

test.each([
  ['ALTER TABLE people ADD COLUMN nick text', ['people: only in the database: nick text']],
  ['ALTER TABLE people DROP COLUMN note', ['people: only in the schema: note jsonb']],
  [
    'ALTER TABLE people ALTER age TYPE bigint',
    ['people: only in the schema: age integer not null default 0', 'people: only in the database: age bigint not null default 0'],
  ],
  [
    'ALTER TABLE people ALTER age DROP NOT NULL',
    ['people: only in the schema: age integer not null default 0', 'people: only in the database: age integer default 0'],
  ],
  [
    'ALTER TABLE people ALTER age SET DEFAULT 1',
    ['people: only in the schema: age integer not null default 0', 'people: only in the database: age integer not null default 1'],
  ],
  ['ALTER TABLE people DROP CONSTRAINT people_e_mail_key', ['people: only in the schema: unique (e_mail)']],
  [
    'DROP INDEX people_by_name; CREATE INDEX ON people (name, seen_at)',
    ['people: only in the schema: index (name, seen_at desc)', 'people: only in the database: index (name, seen_at)'],
  ],
  [
    'ALTER TABLE pictures DROP CONSTRAINT pictures_person_id_fkey',
    ['pictures: only in the schema: (person_id) references people (id) on delete cascade'],
  ],
  ['CREATE TABLE friends (id int)', ['friends: has no model']],
  ['DROP TABLE pictures', ['pictures: is not in the database']],
])('after %s they do not', async (change, expected) => {
  await database.pool.query(change);
  expect(await disagreements()).toEqual(expected);
});
