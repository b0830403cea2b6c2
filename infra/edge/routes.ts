import type { Path } from '../../platform/src/routing.ts';

/** What routes.conf has to say; written by its test: `npm test -- infra/tests/routing.test.ts -u`. */
export const routesOf = (paths: readonly Path[]) => `# Written from platform/src/routing.ts.
${paths.flatMap(locations).join('\n')}
`;

const locations = ({ prefix, service, socket }: Path) =>
  socket
    ? [
        `location = ${prefix} {
  proxy_pass http://${service};
  # Longer than the services' own heartbeat, which is what decides.
  proxy_read_timeout 120s;
  proxy_send_timeout 120s;
  proxy_buffering off;
}`,
      ]
    : [`location = ${prefix} { proxy_pass http://${service}; }`, `location ${prefix}/ { proxy_pass http://${service}; }`];
