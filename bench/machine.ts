import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';

export const machine = () => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  generator: `Node ${process.versions.node}`,
});

/** What is stored waits for one of these: the median of fifty, in milliseconds. */
export function fsyncMs(folder: string): number {
  const path = join(folder, 'fsync');
  const file = openSync(path, 'w');
  const times = Array.from({ length: 50 }, () => {
    writeSync(file, Buffer.alloc(8_192, 1), 0, 8_192, 0);
    const begun = performance.now();
    fsyncSync(file);
    return performance.now() - begun;
  });
  closeSync(file);
  rmSync(path);
  return times.sort((one, other) => one - other)[25] as number;
}

/** Everything that this process has started, and what that has started: the system that is measured. */
export function offspring(): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statOf(Number(name))[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  for (const queue = [process.pid]; queue.length > 0; )
    found.push(...queue.splice(0, 1).flatMap((pid) => pushed(queue, children.get(pid) ?? [])));
  return found;
}

function pushed(queue: number[], more: number[]) {
  queue.push(...more);
  return more;
}

/** From the state on: the name before it may hold anything. */
function statOf(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

const TICKS_A_SECOND = 100;

/** Seconds of processor that the system has taken, by program or service, those of its ended processes included. */
export function systemProcessor(): Record<string, number> {
  const parts: Record<string, number> = {};
  for (const pid of offspring()) {
    const ticks = statOf(pid)
      .slice(11, 15)
      .reduce((sum, some) => sum + Number(some), 0);
    const name = nameOf(pid);
    parts[name] = (parts[name] ?? 0) + ticks / TICKS_A_SECOND;
  }
  return parts;
}

/** Seconds of processor that the whole machine has given to anybody, what a hypervisor took included. */
export function machineProcessor(): number {
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, soft = 0, stolen = 0] =
    /^cpu +(.+)$/m.exec(read('/proc/stat'))?.[1]?.split(' ').map(Number) ?? [];
  return (user + nice + system + interrupts + soft + stolen) / TICKS_A_SECOND;
}

export function ownProcessor(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Seconds of processor that those took who were started here and have ended since. */
export function endedProcessor(): number {
  const [user = 0, system = 0] = statOf(process.pid).slice(13, 15).map(Number);
  return (user + system) / TICKS_A_SECOND;
}

export interface Memory {
  /** Bytes of the system's processes, what they share counted once. */
  readonly processes: number;
  /** By program, or by service where the program is Node. */
  readonly parts: Readonly<Record<string, number>>;
  /** The kernel's: sockets, their files, what waits on them and their buffers; of both ends. */
  readonly kernel: number;
}

export function memory(): Memory {
  const parts: Record<string, number> = {};
  for (const pid of offspring()) {
    const name = nameOf(pid);
    parts[name] = (parts[name] ?? 0) + residentOf(pid);
  }
  const processes = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
  return { processes, parts, kernel: socketObjects() + socketPages() * 4_096 };
}

function nameOf(pid: number): string {
  const command = read(`/proc/${pid}/cmdline`).split('\0');
  const service = command.find((word) => word.endsWith('.ts'));
  const main = service && /([\w-]+)\/src\/main\.ts$/.exec(service)?.[1];
  return main ?? (service ? service.split('/').at(-1) : undefined) ?? command[0]?.split(' ')[0]?.split('/').at(-1)?.replace(/:$/, '') ?? '';
}

/** Where the kernel tells it, each process has its part of what is shared. */
function residentOf(pid: number): number {
  return kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss') || kilobytes(`/proc/${pid}/status`, 'VmRSS');
}

const kilobytes = (file: string, name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read(file))?.[1] ?? 0) * 1024;
const ofSockets = /^(?:TCP|sock_inode_cache|filp|dentry|eventpoll_epi|eventpoll_pwq|skbuff_\w+|kmalloc-\S+) +(\d+) +\d+ +(\d+)/gm;

/** Where the kernel does not tell of its parts, all of them together, which others change too. */
function socketObjects(): number {
  const parts = Array.from(read('/proc/slabinfo').matchAll(ofSockets), ([, count, size]) => Number(count) * Number(size));
  return parts.reduce((sum, bytes) => sum + bytes, 0) || kilobytes('/proc/meminfo', 'Slab');
}

const socketPages = () => Number(/^TCP:.* mem (\d+)/m.exec(read('/proc/net/sockstat'))?.[1] ?? 0);

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
