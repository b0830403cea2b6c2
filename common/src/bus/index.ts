export * from './bus.ts';
export { embeddedDeadLetters } from './embedded/dead-letters.ts';
export { type EmbeddedBusOptions, openEmbeddedBus } from './embedded/embedded-bus.ts';
export { deleteRabbitNamespace, type RabbitNamespace } from './rabbit/namespace.ts';
export { openRabbitBus, type RabbitBusOptions } from './rabbit/rabbit-bus.ts';
