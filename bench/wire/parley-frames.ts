/** What the client library would put on the chat socket, written without building an object first. A test holds the two together. */
export const sendFrame = (clientId: string, to: string, text: string) =>
  `{"type":"send","clientId":"${clientId}","to":"${to}","content":{"kind":"text","text":"${text}"}}`;

export const deliveredFrame = (clientId: string, to: string, seq: number) =>
  `{"type":"delivered","clientId":"${clientId}","to":"${to}","seq":${seq}}`;

export const joinFrame = (peer: string) => `{"type":"join","peer":"${peer}"}`;

/** Nobody is on the screen. */
export const watchFrame = '{"type":"watch","userIds":[],"people":false}';
