/**
 * A chat as many are built: Socket.IO over WebSocket, a session looked up at the handshake, one INSERT for each message
 * before anybody is told of it, receipts passed on.
 */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import pg from 'pg';

interface Socket {
  readonly handshake: { readonly auth: { readonly session?: string } };
  data: { person: string };
  join(room: string): void;
  on(name: 'send', take: (to: string, text: string, answer: (id: string) => void) => void): void;
  on(name: 'delivered', take: (to: string, last: number) => void): void;
}
interface Server {
  use(check: (socket: Socket, next: (error?: Error) => void) => void): void;
  on(name: 'connection', take: (socket: Socket) => void): void;
  to(room: string): { emit(name: string, ...rest: unknown[]): void };
}

const { Server } = createRequire(import.meta.url)('socket.io') as { Server: new (http: unknown, options: object) => Server };
const database = new pg.Pool({ connectionString: String(process.env['DATABASE_URL']), max: 10 });
const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false });

io.use((socket, next) => {
  database
    .query<{ person: string }>({
      name: 'session',
      text: 'SELECT person FROM sessions WHERE id = $1',
      values: [socket.handshake.auth.session],
    })
    .then(
      ({ rows: [row] }) => {
        if (row) socket.data.person = row.person;
        next(row ? undefined : new Error('signed out'));
      },
      (error: Error) => next(error),
    );
});

io.on('connection', (socket) => {
  const { person } = socket.data;
  socket.join(person);
  socket.on('send', async (to, text, answer) => {
    const { rows } = await database.query<{ id: string }>({
      name: 'insert',
      text: 'INSERT INTO messages (sender, receiver, text) VALUES ($1, $2, $3) RETURNING id',
      values: [person, to, text],
    });
    const id = (rows[0] as { id: string }).id;
    io.to(to).emit('message', { id, from: person, text });
    answer(id);
  });
  socket.on('delivered', (to, last) => io.to(to).emit('delivered', { by: person, last }));
});

http.listen(Number(process.env['PORT']), '127.0.0.1', 4_096);
