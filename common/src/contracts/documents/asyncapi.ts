import type { z } from 'zod';
import {
  ChatDown,
  ChatUp,
  type EventName,
  events,
  exchangeOf,
  NotificationDown,
  NotificationUp,
  PROTOCOL_VERSION,
  type Service,
} from '../index.ts';
import { type JsonSchema, openSchemaBook, type SchemaBook } from './schemas.ts';

type Direction = 'send' | 'receive';
type Frames = z.ZodDiscriminatedUnion<readonly z.ZodObject[]>;
const ref = (...path: string[]) => ({ $ref: `#/${path.join('/')}` });
const exchanges = ['user-events', 'message-events'] as const;

/** Both sockets and both exchanges, as AsyncAPI 3.0: every frame, every event, and which service sends or receives it. */
export function asyncApi(version: string): JsonSchema {
  const book = openSchemaBook('draft-7');
  const sockets = {
    chat: socket('/ws/chat', 'socket-handler', { up: ChatUp, down: ChatDown }, book),
    notifications: socket('/ws/notifications', 'notifications', { up: NotificationUp, down: NotificationDown }, book),
  };
  return {
    asyncapi: '3.0.0',
    info: { title: 'Parley', version, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    servers: {
      edge: { host: 'localhost', protocol: 'wss', description: 'Where browsers connect; named by whoever runs it.' },
      broker: { host: 'localhost', protocol: 'amqp', description: 'RabbitMQ, between the services.' },
    },
    channels: {
      ...Object.fromEntries(Object.entries(sockets).map(([name, { channel }]) => [name, channel])),
      ...Object.fromEntries(exchanges.map((name) => [name, exchange(name, book)])),
    },
    operations: {
      ...Object.assign({}, ...Object.entries(sockets).map(([name, { owner, up, down }]) => socketOperations(name, owner, up, down))),
      ...Object.assign({}, ...Object.keys(events).map((name) => eventOperations(name as EventName))),
    },
    components: { schemas: book.named },
  };
}

function socket(address: string, owner: Service, frames: { readonly up: Frames; readonly down: Frames }, book: SchemaBook) {
  const up = messagesOf('up', frames.up, book);
  const down = messagesOf('down', frames.down, book);
  return {
    owner,
    up: Object.keys(up),
    down: Object.keys(down),
    channel: {
      address,
      description: `WebSocket, subprotocol parley.${PROTOCOL_VERSION}; one frame or an array of frames a message.`,
      servers: [ref('servers', 'edge')],
      messages: { ...up, ...down },
    },
  };
}

const messagesOf = (direction: 'up' | 'down', union: Frames, book: SchemaBook): Record<string, JsonSchema> =>
  Object.fromEntries(
    union.options.map((option) => {
      const type = String((option.shape.type as z.ZodLiteral).value);
      return [`${direction}.${type}`, { name: type, payload: book.of(option) }];
    }),
  );

const exchange = (name: (typeof exchanges)[number], book: SchemaBook) => ({
  address: name,
  description: 'A durable topic exchange; the routing key begins with the name of the event. One message carries an array of facts.',
  servers: [ref('servers', 'broker')],
  bindings: { amqp: { is: 'routingKey', exchange: { name, type: 'topic', durable: true, autoDelete: false, vhost: '/' } } },
  messages: Object.fromEntries(
    eventsOf(name).map((event) => [
      event,
      {
        name: event,
        summary: `${events[event].owner} to ${events[event].hearers.join(', ')}`,
        payload: {
          type: 'object',
          required: ['name', 'data'],
          properties: { name: { const: event }, data: book.of(events[event].data), trace: { type: 'string' } },
        },
      },
    ]),
  ),
});

const eventsOf = (name: (typeof exchanges)[number]) => (Object.keys(events) as EventName[]).filter((event) => exchangeOf(event) === name);

const operation = (action: Direction, channel: string, messages: readonly string[]) => ({
  action,
  channel: ref('channels', channel),
  messages: messages.map((message) => ref('channels', channel, 'messages', message)),
});

const socketOperations = (channel: string, owner: Service, up: readonly string[], down: readonly string[]) => ({
  [`${owner}.${channel}.receives`]: operation('receive', channel, up),
  [`${owner}.${channel}.sends`]: operation('send', channel, down),
});

function eventOperations(name: EventName) {
  const { owner, hearers } = events[name];
  const channel = exchangeOf(name);
  return {
    [`${owner}.publishes.${name}`]: operation('send', channel, [name]),
    ...Object.fromEntries(hearers.map((hearer) => [`${hearer}.hears.${name}`, operation('receive', channel, [name])])),
  };
}
