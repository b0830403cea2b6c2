import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Unprepared } from './unprepared.mjs';

const PROGRESS_MS = 3_000;

/** Whether node_modules holds what package-lock.json names: npm writes what it installed to a lockfile of its own. @param {string} root */
export function isInstalled(root) {
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (!installed) return false;
  const wanted = Object.entries(packagesOf(join(root, 'package-lock.json')) ?? {});
  return wanted.every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true;
    const found = installed[path];
    // What is optional may be absent: most of it is for other machines.
    return found ? found.version === entry.version : entry.optional === true;
  });
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, optional?: boolean }> | undefined}
 */
function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return;
  }
}

/** @param {string} root */
export async function install(root) {
  const total = countPackages(join(root, 'package-lock.json'));
  console.log(`Parley: installing about ${total} packages, which takes a minute the first time …`);
  const started = Date.now();
  const progress = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    console.log(`Parley: … ${countUnpacked(join(root, 'node_modules'))} of about ${total} packages after ${seconds} s`);
  }, PROGRESS_MS);
  try {
    const code = await npm(root, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
    if (code !== 0)
      throw new Unprepared(
        'npm could not install the packages (see above). Is its registry within reach? Then run the same command again.',
      );
  } finally {
    clearInterval(progress);
  }
  console.log(`Parley: installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/**
 * @param {string} root
 * @param {string[]} parameters
 * @returns {Promise<number>}
 */
function npm(root, parameters) {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, npm_config_cache: writableCache(root) };
  // The environment of the npm that called us names its own command and script, which are not this one's.
  for (const name of Object.keys(env)) if (/^npm_(lifecycle|command|package)_?/.test(name)) delete env[name];
  const inside = process.env.npm_execpath;
  const child = inside?.endsWith('.js')
    ? spawn(process.execPath, [inside, ...parameters], { cwd: root, stdio: 'inherit', env })
    : spawn('npm', parameters, { cwd: root, stdio: 'inherit', env, shell: process.platform === 'win32' });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Unprepared(`npm does not start (${error.message}).`)));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** npm's own cache, or one in the clone where the home folder takes no writes. @param {string} root */
function writableCache(root) {
  const usual = process.env.npm_config_cache ?? join(homedir(), '.npm');
  return isWritable(usual) ? usual : join(root, '.cache', 'npm');
}

/** @param {string} path @returns {boolean} */
function isWritable(path) {
  if (!existsSync(path)) return dirname(path) !== path && isWritable(dirname(path));
  try {
    accessSync(path, constants.W_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Those for other machines are not among them. @param {string} lockfile */
const countPackages = (lockfile) =>
  Object.entries(packagesOf(lockfile) ?? {}).filter(([path, { optional }]) => path.includes('node_modules/') && !optional).length;

/** Unpacked ones: npm makes all their folders first. @param {string} folder */
function countUnpacked(folder) {
  if (!existsSync(folder)) return 0;
  const names = readdirSync(folder).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(folder, name)).map((part) => join(name, part)) : name,
  );
  return names.filter((name) => existsSync(join(folder, name, 'package.json'))).length;
}
