import { createTransport } from 'nodemailer';

export interface Letter {
  readonly subject: string;
  readonly text: string;
}

export interface Mail extends Disposable {
  send(to: string, letter: Letter): Promise<void>;
}

const WAIT_MS = 10_000;

/** Over SMTP: `smtps://user:password@host`, or `smtp://…` which turns to TLS when the server can. */
export function openMail(url: string, from: string): Mail {
  const transport = createTransport({ url, connectionTimeout: WAIT_MS, greetingTimeout: WAIT_MS, socketTimeout: WAIT_MS });
  return {
    async send(to, letter) {
      // As an object, so that nothing in an address is read as a list of more of them.
      await transport.sendMail({ from, to: { name: '', address: to }, ...letter });
    },
    [Symbol.dispose]: () => transport.close(),
  };
}
