import type { Input, messageRoutes } from '@parley/common/contracts';
import type { Prisma } from './database.ts';

const ofEverybody = { onlyAnswered: false, readReceipts: true };

export async function readPrivacy(prisma: Prisma, userId: string) {
  const person = await prisma.person.findUnique({ where: { userId }, select: { onlyAnswered: true, readReceipts: true } });
  return person ?? ofEverybody;
}

export async function writePrivacy(
  prisma: Prisma,
  userId: string,
  { onlyAnswered, readReceipts }: Input<typeof messageRoutes.changePrivacy>,
) {
  const change = { ...(onlyAnswered !== undefined && { onlyAnswered }), ...(readReceipts !== undefined && { readReceipts }) };
  // Two requests may meet where the news of the registration has not arrived, so no upsert.
  await prisma.person.createMany({ data: [{ userId }], skipDuplicates: true });
  return prisma.person.update({ where: { userId }, data: change, select: { onlyAnswered: true, readReceipts: true } });
}

export async function listBlocks(prisma: Prisma, userId: string): Promise<string[]> {
  const blocked = await prisma.member.findMany({ where: { userId, blocked: true }, select: { peerId: true }, orderBy: { peerId: 'asc' } });
  return blocked.map(({ peerId }) => peerId);
}
