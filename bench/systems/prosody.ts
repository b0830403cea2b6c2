import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@parley/common/testing';
import { has, packageVersion, startProgram } from './program.ts';
import { HOST, nameOf, openXmpp, PASSWORD } from './stanzas.ts';
import { DATABASE, startStore } from './store.ts';
import type { SystemKind } from './system.ts';

const configuration = (folder: string, port: number, store: URL) => `run_as_root = true
pidfile = "${folder}/prosody.pid"
data_path = "${folder}/data"
log = { error = "${folder}/prosody.log" }
interfaces = { "127.0.0.1" }
local_interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
c2s_direct_tls_ports = { }
s2s_ports = { }
http_ports = { }
https_ports = { }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
modules_enabled = { "saslauth", "mam" }
modules_disabled = { "s2s", "tls", "offline", "posix", "http" }
network_settings = { tcp_backlog = 4096 }
storage = { archive = "sql" }
default_archive_policy = true
archive_expires_after = "never"
sql = { driver = "PostgreSQL", host = "${store.hostname}", port = ${store.port}, database = "${DATABASE}", username = "${store.username}", password = "${store.password}" }
VirtualHost "${HOST}"
`;

export const prosody: SystemKind = {
  name: 'prosody',
  title: 'Prosody, archive in PostgreSQL',
  lacks: () =>
    has('prosody') && packageVersion('lua-dbi-postgresql') !== 'unknown' ? undefined : 'prosody and lua-dbi-postgresql (Debian packages)',
  from: 500,
  async start(folder) {
    await using opening = new AsyncDisposableStack();
    const store = opening.use(await startStore(join(folder, 'postgres')));
    const port = await freePort();
    const [config, accounts] = [join(folder, 'prosody.cfg.lua'), join(folder, 'data', HOST, 'accounts')];
    mkdirSync(accounts, { recursive: true });
    writeFileSync(config, configuration(folder, port, new URL(store.url)));
    opening.use(await startProgram({ command: ['prosody', '-F', '--config', config], logFile: join(folder, 'output.log'), port }));
    const open = opening.move();
    return {
      versions: { Prosody: packageVersion('prosody'), PostgreSQL: store.version },
      connections: 1,
      ends: 2,
      keepsOrder: false,
      async people(count) {
        for (let person = 0; person < count; person++)
          writeFileSync(join(accounts, `${nameOf(person)}.dat`), `return { ["password"] = "${PASSWORD}"; };\n`);
      },
      device: (person, ears) => openXmpp(port, person, ears),
      async stored() {
        // Prosody makes its tables when it first needs them.
        const { rows: tables } = await store.database.query("SELECT to_regclass('prosodyarchive') AS found");
        if (tables[0]?.found === null) return 0;
        const { rows } = await store.database.query<{ count: number }>(
          "SELECT (count(*) / 2)::integer AS count FROM prosodyarchive WHERE value LIKE '%body%'",
        );
        return rows[0]?.count ?? 0;
      },
      [Symbol.asyncDispose]: () => open.disposeAsync(),
    };
  },
};
