export * from './failures.ts';
export * from './migrate.ts';
export * from './open.ts';
export * from './outbox.ts';
export * from './transaction.ts';
