import { Counter, Gauge, type Registry } from 'prom-client';

/** What can be seen of the sockets of a pod from outside. Labels are few and bounded. */
export function socketMeasures(metrics: Registry, now: { sockets: () => number; people: () => number; buffered: () => number }) {
  const registers = [metrics];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('parley_sockets', 'Sockets that are open.', now.sockets);
  gauge('parley_socket_people', 'People with at least one open socket.', now.people);
  gauge('parley_socket_buffered_bytes', 'Bytes that wait for slow readers.', now.buffered);
  return {
    framesIn: new Counter({ name: 'parley_socket_frames_in_total', help: 'Frames taken from clients.', registers }),
    messagesOut: new Counter({
      name: 'parley_socket_messages_out_total',
      help: 'WebSocket messages sent; one carries all frames of a tick.',
      registers,
    }),
    charactersOut: new Counter({ name: 'parley_socket_characters_out_total', help: 'Characters sent.', registers }),
    refused: new Counter({
      name: 'parley_socket_frames_refused_total',
      help: 'Frames that were not taken.',
      labelNames: ['reason'],
      registers,
    }),
    turnedAway: new Counter({
      name: 'parley_socket_upgrades_refused_total',
      help: 'Sockets that were not let in.',
      labelNames: ['reason'],
      registers,
    }),
    closed: new Counter({ name: 'parley_sockets_closed_total', help: 'Sockets that ended.', labelNames: ['reason'], registers }),
  };
}

export type SocketMeasures = ReturnType<typeof socketMeasures>;
