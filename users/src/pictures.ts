import { createHash } from 'node:crypto';
import { ParleyError } from '@parley/common/contracts';
import type { PoolClient } from 'pg';
import type { PrismaClient } from './database.ts';
import type { Known } from './people.ts';
import { type Picture, readPicture } from './picture-format.ts';
import type { Profiles } from './profiles.ts';

export interface StoredPicture {
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Pictures {
  set(userId: string, bytes: Buffer): Promise<Known>;
  remove(userId: string): Promise<Known>;
  find(userId: string, pictureId: string): Promise<StoredPicture>;
}

export const createPictures = (prisma: PrismaClient, profiles: Profiles): Pictures => ({
  async set(userId, sent) {
    const picture = readPicture(sent);
    const pictureId = createHash('sha256').update(picture.bytes).digest('base64url');
    return profiles.change(userId, { pictureId }, (client) => replace(client, userId, pictureId, picture));
  },

  remove: (userId) =>
    profiles.change(userId, { pictureId: null }, (client) => client.query('DELETE FROM pictures WHERE user_id = $1', [userId])),

  async find(userId, pictureId) {
    const picture = await prisma.picture.findUnique({ where: { userId }, select: { pictureId: true, mediaType: true, bytes: true } });
    if (picture?.pictureId !== pictureId) throw new ParleyError('not-found');
    return picture;
  },
});

const replace = (client: PoolClient, userId: string, pictureId: string, { mediaType, bytes }: Picture) =>
  client.query(
    `INSERT INTO pictures (user_id, picture_id, media_type, bytes) VALUES ($1, $2, $3, $4)
     ON CONFLICT (user_id) DO UPDATE SET picture_id = excluded.picture_id, media_type = excluded.media_type, bytes = excluded.bytes`,
    [userId, pictureId, mediaType, bytes],
  );
