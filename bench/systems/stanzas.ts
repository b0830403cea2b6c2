import { type Line, openLine } from '../wire/line.ts';
import { textOf } from '../wire/numbers.ts';
import type { Device, Ears } from './system.ts';

export const HOST = 'localhost';
export const PASSWORD = 'a rabbit hole';
export const nameOf = (person: number) => `p${person}`;

const STREAM = `<?xml version='1.0'?><stream:stream to='${HOST}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`;
const BIND = "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>bench</resource></bind></iq>";

/** As XEP-0184 has it: the message asks for a receipt, the receipt names the message. */
export const messageStanza = (to: number, number: number) =>
  `<message to='${nameOf(to)}@${HOST}' id='m${number}' type='chat'><body>${textOf(number)}</body><request xmlns='urn:xmpp:receipts'/></message>`;
/** Receipts are not to be archived: Parley keeps them as one number as well. */
export const receiptStanza = (to: number, last: number) =>
  `<message to='${nameOf(to)}@${HOST}' id='r${last}' type='chat'><received xmlns='urn:xmpp:receipts' id='m${last}'/><no-store xmlns='urn:xmpp:hints'/></message>`;

/** A client over plain TCP, signed in by SASL PLAIN, bound and available. */
export async function openXmpp(port: number, person: number, { text, refused, closed }: Ears): Promise<Device> {
  const signIn = createDialogue();
  let ready = false;
  const line: Line = await openLine(
    port,
    (bytes) => {
      if (!ready) return signIn.hear(bytes.toString('latin1'));
      if (refused && bytes.includes("type='error'")) refused();
      text?.(bytes);
    },
    () => {
      signIn.fail(new Error(`XMPP: the connection of ${nameOf(person)} was closed`));
      closed?.();
    },
  );
  const ask = (stanza: string, answer: string) => {
    line.write(stanza);
    return signIn.until(answer);
  };
  await ask(STREAM, '</stream:features>');
  const credentials = Buffer.from(`\0${nameOf(person)}\0${PASSWORD}`).toString('base64');
  await ask(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${credentials}</auth>`, '<success');
  await ask(STREAM, '</stream:features>');
  await ask(BIND, '<jid>');
  await ask('<presence/>', '<presence');
  ready = true;
  return {
    say: (to, number) => line.write(messageStanza(to, number)),
    delivered: (from, _count, last) => line.write(receiptStanza(from, last)),
    close: line.close,
  };
}

/** Waits for one answer after the other. */
function createDialogue() {
  let heard = '';
  let waiting: { answer: string; resolve: () => void; reject: (error: Error) => void } | undefined;
  const look = () => {
    if (!waiting) return;
    if (/<failure|<stream:error|type='error'/.test(heard)) return waiting.reject(new Error(`XMPP: ${heard}`));
    if (!heard.includes(waiting.answer)) return;
    heard = '';
    waiting.resolve();
    waiting = undefined;
  };
  return {
    hear(text: string) {
      heard += text;
      look();
    },
    until(answer: string) {
      return new Promise<void>((resolve, reject) => {
        waiting = { answer, resolve, reject };
        look();
      });
    },
    fail: (error: Error) => waiting?.reject(error),
  };
}
