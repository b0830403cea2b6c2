import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive } from '../../../scripts/prepare/processes.mjs';
import { zombie } from '../../tests/zombie.ts';
import { stopOrphan } from './orphan.ts';

test.runIf(process.platform === 'linux')(
  'a PostgreSQL that ended and was never asked how does not keep the next one from starting',
  async () => {
    const { pid, end } = await zombie();
    onTestFinished(end);
    const cluster = mkdtempSync(join(tmpdir(), 'parley-cluster-'));
    onTestFinished(() => rmSync(cluster, { recursive: true }));
    writeFileSync(join(cluster, 'postmaster.pid'), `${pid}\n${cluster}\n`);
    expect(await stopOrphan(cluster)).toBeUndefined();
    expect(existsSync(join(cluster, 'postmaster.pid'))).toBe(false);
  },
);

test.runIf(process.platform === 'linux')(
  'it is known by the folder that it works in, and another process with its number is not harmed',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-cluster-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [cluster, link] = [join(folder, 'postgres'), join(folder, 'link')];
    mkdirSync(cluster);
    symlinkSync(cluster, link);
    const works = async (cwd: string) => {
      const child = spawn('sleep', ['1000'], { cwd });
      onTestFinished(() => void child.kill('SIGKILL'));
      await once(child, 'spawn');
      return child.pid as number;
    };
    const stranger = await works(folder);
    writeFileSync(join(cluster, 'postmaster.pid'), `${stranger}\n${link}\n`);
    expect(await stopOrphan(cluster)).toBeUndefined();
    expect(isAlive(stranger)).toBe(true);

    const orphan = await works(cluster);
    writeFileSync(join(cluster, 'postmaster.pid'), `${orphan}\n${link}\n`);
    expect(await stopOrphan(link)).toBe(orphan);
    expect(isAlive(orphan)).toBe(false);
  },
);
