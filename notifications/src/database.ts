import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { PrismaClient } from '../generated/client.ts';

/** Everyday queries, on the connections that the service was given. */
export const createPrisma = (database: Pool) => new PrismaClient({ adapter: new PrismaPg(database) });

export type { PrismaClient };
