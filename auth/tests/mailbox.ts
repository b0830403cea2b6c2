import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface Letter {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

/** The least of an SMTP server: takes every letter, or refuses them. */
export interface Mailbox extends AsyncDisposable {
  readonly url: string;
  readonly letters: readonly Letter[];
  readonly refused: number;
  refuse(refusing: boolean): void;
}

export async function startMailbox(): Promise<Mailbox> {
  const letters: Letter[] = [];
  let refusing = false;
  let refused = 0;
  const sockets = new Set<Socket>();

  const talk = async (socket: Socket) => {
    const say = (line: string) => socket.write(`${line}\r\n`);
    let [from, to] = ['', ''];
    let data: string[] | undefined;
    say('220 mailbox');
    for await (const line of createInterface(socket)) {
      if (data && line === '.') {
        letters.push({ from, to, text: decoded(data.join('\r\n')) });
        data = undefined;
        say('250 taken');
      } else if (data) data.push(line);
      else if (/^MAIL FROM/i.test(line)) {
        from = addressIn(line);
        if (refusing) refused += 1;
        say(refusing ? '451 not now' : '250 go on');
      } else if (/^RCPT TO/i.test(line)) {
        to = addressIn(line);
        say('250 go on');
      } else if (/^DATA/i.test(line)) {
        data = [];
        say('354 go on');
      } else if (/^QUIT/i.test(line)) {
        say('221 bye');
        socket.end();
      } else say('250 mailbox');
    }
  };

  const server = createServer((socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)).on('error', () => {}));
    talk(socket).catch(() => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    letters,
    get refused() {
      return refused;
    },
    refuse(now) {
      refusing = now;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const addressIn = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? '';

/** Long lines are broken by quoted-printable. */
const decoded = (text: string) =>
  text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
