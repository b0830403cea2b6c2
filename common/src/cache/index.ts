export * from './cache.ts';
export * from './embedded.ts';
export * from './redis.ts';
export { redisTells } from './redis-clock.ts';
