import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { until } from '@parley/common/testing';
import { birthOf } from '../../scripts/prepare/processes.mjs';

/** A process that has ended, of a parent that never asks how: the shell becomes a program that knows nothing of the child which it had before. */
export async function zombie() {
  const parent = spawn('sh', ['-c', 'read line <&3 & echo $!; exec tail -f /dev/null'], { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
  const [said] = (await once(parent.stdout as Readable, 'data')) as [Buffer];
  const pid = Number(said);
  const birth = birthOf(pid);
  await until(() => readFileSync(`/proc/${parent.pid}/cmdline`, 'utf8').startsWith('tail'));
  process.kill(pid, 'SIGKILL');
  await until(() => /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  return { pid, birth, end: () => void parent.kill('SIGKILL') };
}
