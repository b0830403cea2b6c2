/** The least that can pass a message from one socket to another, and keeps nothing: what Node and the generator can do at all. */
import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';

const people = new Map<string, WebSocket>();
const http = createServer();
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false, clientTracking: false });

sockets.on('connection', (socket, { url = '' }) => {
  people.set(url.slice(1), socket);
  socket.send('hello');
  socket.on('message', (data: Buffer) => {
    const end = data.indexOf(10);
    people.get(data.toString('latin1', 0, end))?.send(data.subarray(end + 1), { binary: false });
  });
});

http.listen(Number(process.env['PORT']), '127.0.0.1', 4_096);
