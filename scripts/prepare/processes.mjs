// Plain JavaScript, for it also runs before the pinned Node is there.
import { readFileSync } from 'node:fs';

/**
 * Whether a process runs. One that has ended can still be sent signals until its parent asks how; where nobody ever
 * asks (a container whose first process does not), that is for ever.
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPERM') return false;
  }
  return !/^[ZX]/.test(statOf(pid)?.[0] ?? '');
}

/**
 * Tells a process from a later one that was given the same number: when it was started, in which run of the machine.
 * Undefined where the system does not say it in a file.
 * @param {number} pid
 */
export function birthOf(pid) {
  const start = statOf(pid)?.[19];
  return start && `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${start}`;
}

/** What Linux says of a process after its number and its name, which may hold spaces. @param {number} pid */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return;
  }
}
