import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection that is written to at the most once a turn, in one call, whatever was said in it. */
export interface Line {
  /** One character a byte. */
  write(bytes: string): void;
  close(): void;
}

export async function openLine(port: number, onBytes: (bytes: Buffer) => void, onClose: () => void = () => {}): Promise<Line> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let waiting = '';
  const flush = () => {
    socket.write(waiting, 'latin1');
    waiting = '';
  };
  socket.on('data', onBytes);
  socket.on('error', () => {});
  socket.on('close', onClose);
  return {
    write(bytes) {
      if (waiting === '') process.nextTick(flush);
      waiting += bytes;
    },
    close: () => socket.destroy(),
  };
}
