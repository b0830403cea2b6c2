import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Service } from '@parley/common/contracts';

/** Where the instances of each service listen, as host:port. */
export type Upstreams = Readonly<Record<Service, readonly string[]>>;

export interface EdgeOptions {
  readonly folder: string;
  readonly port: number;
  readonly upstreams: Upstreams;
  /** Where services reach each other, as a Service of Kubernetes would be; not part of the edge. */
  readonly internal: Readonly<Record<Service, number>>;
}

/** What NGINX is told wherever it stands in front of Parley, also by compose and in development clusters. */
const edge = resolve(import.meta.dirname, '..', '..', '..', 'infra', 'edge');
const include = (file: string) => `include "${join(edge, file)}";`;

/** Of each worker: two sockets a device and two descriptors a proxied socket. */
const CONNECTIONS = 20_000;

/** NGINX in front of a local cluster, with the routing that the ingress has. */
export async function startEdge(options: EdgeOptions) {
  const configuration = join(options.folder, 'nginx.conf');
  await mkdir(options.folder, { recursive: true });
  await writeFile(configuration, nginxConfiguration(options));
  let master: ChildProcess;
  const start = async () => {
    const parameters = ['-p', options.folder, '-c', configuration, '-e', join(options.folder, 'error.log')];
    master = spawn('nginx', parameters, { stdio: 'ignore', detached: true });
    await Promise.race([once(master, 'spawn'), once(master, 'error').then(([error]) => Promise.reject(error as Error))]);
  };
  // The master and its workers are a group of their own.
  const signal = (name: NodeJS.Signals) => void (master.pid && running(master) && process.kill(-master.pid, name));
  await start();
  return {
    url: `http://127.0.0.1:${options.port}`,
    start,
    /** Sockets that are open stay with the old workers, for as long as these may take to go. */
    reload: () => void master.kill('SIGHUP'),
    async kill() {
      const gone = once(master, 'exit');
      signal('SIGKILL');
      await gone;
    },
    /** There, but silent. */
    pause: () => signal('SIGSTOP'),
    goOn: () => signal('SIGCONT'),
    async [Symbol.asyncDispose]() {
      if (!running(master)) return;
      const gone = once(master, 'exit');
      signal('SIGCONT');
      master.kill('SIGTERM');
      await gone;
    },
  };
}

const running = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null;

export function nginxConfiguration({ folder, port, upstreams, internal }: EdgeOptions): string {
  return `daemon off;
${process.getuid?.() === 0 ? 'user root;\n' : ''}worker_processes auto;
worker_rlimit_nofile ${CONNECTIONS};
worker_shutdown_timeout 30s;
pid ${join(folder, 'nginx.pid')};
events { worker_connections ${CONNECTIONS}; multi_accept on; }
http {
${temporaryPaths(folder)}
  ${include('settings.conf')}
  map '' $forwarded_for { default $proxy_add_x_forwarded_for; }
${Object.entries(upstreams).map(upstream).join('\n')}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    ${include('proxy.conf')}
    ${include('routes.conf')}
    location / { return 404; }
  }
${Object.entries(internal).map(inside).join('\n')}
}
`;
}

const upstream = ([service, addresses]: [string, readonly string[]]) => `  upstream ${service} {
    least_conn;
${addresses.map((address) => `    server ${address} max_fails=0;`).join('\n')}
    keepalive 64;
  }`;

const inside = ([service, port]: [string, number]) => `  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    location / { proxy_pass http://${service}; }
  }`;

/** Everything that NGINX may write lies in its own folder. */
const temporaryPaths = (folder: string) =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `  ${kind}_temp_path ${join(folder, kind)};`).join('\n');
