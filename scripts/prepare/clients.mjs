import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode } from './node.mjs';
import { Unprepared } from './unprepared.mjs';

/** The services whose Prisma client is missing or older than its schema. @param {string} root */
export function staleClients(root) {
  return readdirSync(root)
    .filter((service) => existsSync(schemaOf(root, service)))
    .filter((service) => readStamp(root, service) !== stampOf(root, service));
}

/** @param {string} root */
export async function generateClients(root) {
  const stale = staleClients(root);
  if (stale.length === 0) return;
  console.log(`Parley: generating the database clients of ${stale.join(', ')} …`);
  await Promise.all(stale.map((service) => generate(root, service)));
}

/**
 * @param {string} root
 * @param {string} service
 */
async function generate(root, service) {
  const stamp = stampOf(root, service);
  const node = pinnedNode(root);
  const prisma = join(root, 'node_modules', 'prisma', 'build', 'index.js');
  const env = {
    ...process.env,
    // Generating needs no engine, but Prisma downloads one unless it is told where one is; any executable will do.
    PRISMA_SCHEMA_ENGINE_BINARY: node,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
    // It looks at the folder for temporary files, which may be missing, though it needs none.
    TMPDIR: join(root, '.cache'),
  };
  const child = spawn(node, [prisma, 'generate', '--schema', schemaOf(root, service)], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Unprepared(`the database client of ${service} could not be generated:\n${said}`);
  mkdirSync(join(root, service, 'generated'), { recursive: true });
  writeFileSync(stampPath(root, service), stamp);
}

/** @param {string} root @param {string} service */
const schemaOf = (root, service) => join(root, service, 'prisma', 'schema.prisma');

/** @param {string} root @param {string} service */
const stampPath = (root, service) => join(root, service, 'generated', '.stamp');

/** @param {string} root @param {string} service */
function readStamp(root, service) {
  const path = stampPath(root, service);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Changes with the schema and with the generator. @param {string} root @param {string} service */
function stampOf(root, service) {
  const hash = createHash('sha256').update(readFileSync(schemaOf(root, service)));
  const generator = join(root, 'node_modules', 'prisma', 'package.json');
  if (existsSync(generator)) hash.update(JSON.parse(readFileSync(generator, 'utf8')).version);
  return hash.digest('hex');
}
