import type { Pool } from 'pg';

/** Of these conversations those in which one of the two blocks the other. */
export async function listBlocked(database: Pool, conversationIds: readonly string[]): Promise<string[]> {
  const { rows } = await database.query<{ conversation_id: string }>({
    name: 'blocked',
    text: 'SELECT DISTINCT conversation_id FROM members WHERE conversation_id = ANY ($1::uuid[]) AND blocked',
    values: [conversationIds],
  });
  return rows.map(({ conversation_id }) => conversation_id);
}
