import { Redis } from 'ioredis';

const ANSWER_MS = 2_000;

/** What Redis holds to be the time. A connection for each question: so few are asked that none need be kept. */
export const redisTells = (url: string) => async (): Promise<number> => {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: ANSWER_MS, commandTimeout: ANSWER_MS, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    await redis.connect();
    const [seconds, microseconds] = await redis.time();
    return Number(seconds) * 1000 + Number(microseconds) / 1000;
  } finally {
    redis.disconnect();
  }
};
