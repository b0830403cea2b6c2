import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePort } from '@parley/common/testing';
import { packageVersion, startProgram } from './program.ts';
import { nameOf, openXmpp, PASSWORD } from './stanzas.ts';
import { DATABASE, startStore } from './store.ts';
import type { SystemKind } from './system.ts';

const SCHEMA = '/usr/share/ejabberd/sql/pg.sql';
/** Debian names the folder after the processor, such as x86_64-linux-gnu. */
const libraries = () => dirname(globSync('/usr/lib/*/ejabberd-*')[0] ?? '/usr/lib/ejabberd');

/** Everything but accounts, sessions and the archive is left out: what is not loaded costs nothing. */
const configuration = (port: number, store: URL) => `loglevel: error
hosts: [localhost]
listen:
  - port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    access: all
    shaper: none
    backlog: 4096
    max_stanza_size: 262144
auth_method: [sql]
default_db: sql
sql_type: pgsql
sql_server: "${store.hostname}"
sql_port: ${store.port}
sql_database: "${DATABASE}"
sql_username: "${store.username}"
sql_password: "${store.password}"
certfiles: []
modules:
  mod_mam:
    db_type: sql
    default: always
    compress_xml: false
`;

export const ejabberd: SystemKind = {
  name: 'ejabberd',
  title: 'ejabberd, archive in PostgreSQL',
  lacks: () =>
    existsSync(SCHEMA) && packageVersion('erlang-p1-pgsql') !== 'unknown' ? undefined : 'ejabberd and erlang-p1-pgsql (Debian packages)',
  from: 2_000,
  async start(folder) {
    await using opening = new AsyncDisposableStack();
    const store = opening.use(await startStore(join(folder, 'postgres')));
    await store.database.query(readFileSync(SCHEMA, 'utf8'));
    const port = await freePort();
    const [config, spool] = [join(folder, 'ejabberd.yml'), join(folder, 'spool')];
    mkdirSync(spool, { recursive: true });
    writeFileSync(config, configuration(port, new URL(store.url)));
    // What ejabberdctl would run, without its change of user and without a name in Erlang's port mapper.
    opening.use(
      await startProgram({
        // Nor does it wait in a loop, which Debian's RabbitMQ does not either: the processor is wanted by others.
        command: [
          'erl',
          ...['+K', 'true', '+P', '250000', '+sbwt', 'none', '+sbwtdcpu', 'none', '+sbwtdio', 'none'],
          '-noinput',
          '-mnesia',
          'dir',
          `"${spool}"`,
          '-s',
          'ejabberd',
        ],
        env: {
          EJABBERD_CONFIG_PATH: config,
          EJABBERD_LOG_PATH: join(folder, 'ejabberd.log'),
          ERL_LIBS: libraries(),
          ERL_MAX_PORTS: '32000',
          ERL_CRASH_DUMP_BYTES: '0',
          HOME: folder,
        },
        cwd: spool,
        logFile: join(folder, 'erl.log'),
        port,
      }),
    );
    let known = 0;
    const open = opening.move();
    return {
      versions: { ejabberd: packageVersion('ejabberd'), Erlang: erlang(), PostgreSQL: store.version },
      connections: 1,
      ends: 2,
      keepsOrder: false,
      async people(count) {
        if (count <= known) return;
        const names = Array.from({ length: count - known }, (_, index) => nameOf(known + index));
        await store.database.query('INSERT INTO users (username, password) SELECT unnest($1::text[]), $2', [names, PASSWORD]);
        known = count;
      },
      device: (person, ears) => openXmpp(port, person, ears),
      async stored() {
        // One row for each of the two people's archives.
        const { rows } = await store.database.query<{ count: number }>(
          "SELECT (count(*) / 2)::integer AS count FROM archive WHERE xml LIKE '%<body>%'",
        );
        return rows[0]?.count ?? 0;
      },
      [Symbol.asyncDispose]: () => open.disposeAsync(),
    };
  },
};

const erlang = () => /erts-([\d.]+)/.exec(globSync('/usr/lib/erlang/erts-*')[0] ?? '')?.[1] ?? 'unknown';
