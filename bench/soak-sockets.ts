import type { NodeSession } from '@parley/client-library/node';
import { uuidv7 } from '@parley/common/contracts';
import { WebSocket } from 'ws';

const REOPEN_MS = 1_000;

export interface SocketsOptions {
  readonly url: string;
  readonly session: NodeSession;
  /** Told what went wrong. */
  readonly note: (what: string) => void;
  /** Told each frame of the chat. */
  // biome-ignore lint/suspicious/noExplicitAny: the generator stays lean: it believes the frames.
  readonly hear: (frame: any) => void;
}

/** The two sockets of a device, opened anew when they are closed. */
export function createSockets({ url, session, note, hear }: SocketsOptions) {
  const sockets = new Map<string, WebSocket>();
  let left = false;
  const open = (path: '/ws/chat' | '/ws/notifications') => {
    const headers = { origin: url, cookie: [...session.cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, 'parley.1', { headers });
    sockets.set(path, socket);
    socket.on('error', () => note('socket'));
    socket.once('close', (code) => {
      if (left || sockets.get(path) !== socket) return;
      note(`closed ${code} ${path}`);
      setTimeout(() => left || void open(path), REOPEN_MS);
    });
    socket.on('message', (data) => {
      const frames: unknown = JSON.parse(String(data));
      if (path === '/ws/chat') for (const frame of Array.isArray(frames) ? frames : [frames]) hear(frame);
    });
    return new Promise((resolve) => socket.once('message', resolve).once('close', resolve));
  };

  return {
    open,
    /** In the chat, if its socket is open; whoever answers knows it by its clientId. */
    say(frame: object) {
      const socket = sockets.get('/ws/chat');
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ clientId: uuidv7(), ...frame }));
    },
    /** The new one takes its place first: that the old one closes is no surprise. */
    reopen(path: '/ws/chat' | '/ws/notifications') {
      const old = sockets.get(path);
      if (old?.readyState !== WebSocket.OPEN) return;
      void open(path);
      old.close();
    },
    leave() {
      left = true;
      for (const socket of sockets.values()) socket.terminate();
    },
  };
}
