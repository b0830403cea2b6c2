export * from './embedded.ts';
export * from './redis.ts';
export * from './registry.ts';
