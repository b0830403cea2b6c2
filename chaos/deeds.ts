import type { Ledger } from './ledger.ts';
import type { StoredRow } from './truth.ts';

/** What somebody did to a message. */
export type Change =
  | { readonly type: 'edit'; readonly text: string }
  | { readonly type: 'delete'; readonly scope: 'everyone' | 'me' }
  | { readonly type: 'react'; readonly emoji: string; readonly set: boolean };

export interface Deed {
  readonly clientId: string;
  readonly device: string;
  readonly userId: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly change: Change;
  readonly askedAt: number;
  answeredAt?: number;
  refused?: string;
}

/** [D5] [D7] Holds what people did to messages, and what they were answered, against what is stored of each. */
export function judgeDeeds(ledger: Ledger, rows: readonly StoredRow[]) {
  const byPlace = Map.groupBy(ledger.deeds.values(), ({ conversationId, seq }) => `${conversationId} ${seq}`);
  for (const row of rows) {
    const place = `${row.conversationId} ${row.seq}`;
    const all = byPlace.get(place) ?? [];
    judgeRefusals(ledger, place, all);
    const deeds = all.filter(({ refused }) => refused === undefined);
    byPlace.delete(place);
    const judging: Judging = { ledger, row, place, deeds };
    judgeText(judging);
    judgeHiding(judging);
    judgeReactions(judging);
  }
  for (const [place, deeds] of byPlace)
    for (const { clientId, answeredAt, refused, change } of deeds)
      if (answeredAt !== undefined && refused === undefined)
        ledger.violate('lost', `${change.type} of ${place} was answered, and nothing is stored there`, [clientId]);
}

interface Judging {
  readonly ledger: Ledger;
  readonly row: StoredRow;
  readonly place: string;
  /** Those that were not refused. */
  readonly deeds: readonly Deed[];
}

/** A refusal has to be for something that others, or they themselves, did to the message. */
function judgeRefusals(ledger: Ledger, place: string, deeds: readonly Deed[]) {
  const done = deeds.filter(({ refused }) => refused === undefined).map(({ userId, change }) => ({ userId, ...change }));
  const isRight = ({ userId, change, refused }: Deed): boolean => {
    if (refused === 'message-not-found')
      return done.some((other) => other.type === 'delete' && other.scope === 'me' && other.userId === userId);
    if (change.type === 'delete') return false;
    if (refused === 'message-deleted') return done.some((other) => other.type === 'delete' && other.scope === 'everyone');
    return refused === 'edited-elsewhere' && change.type === 'edit' && done.some((other) => other.type === 'edit');
  };
  for (const deed of deeds)
    if (deed.refused !== undefined && !isRight(deed))
      ledger.violate('not as stored', `${deed.change.type} of ${place} by ${deed.device} was refused without a reason: ${deed.refused}`, [
        deed.clientId,
        place,
      ]);
}

function judgeText({ ledger, row: { clientId, text, edited, deleted }, place, deeds }: Judging) {
  const removals = deeds.filter(({ change }) => change.type === 'delete' && change.scope === 'everyone');
  const removed = removals.find(isAnswered);
  if (removed && !deleted) ledger.violate('lost', `the deletion of ${place} was answered and is not stored`, [clientId, removed.clientId]);
  if (deleted && removals.length === 0) ledger.violate('not as stored', `nobody deleted ${place}`, [clientId]);
  if (deleted) return void (text !== null && ledger.violate('not as stored', `${place} is deleted and still has its text`, [clientId]));
  const edits = deeds.filter(({ change }) => change.type === 'edit');
  const written = ledger.attempts.get(clientId)?.text;
  if (!edited) {
    const answered = edits.find(isAnswered);
    if (answered) ledger.violate('lost', `the edit of ${place} was answered and is not stored`, [clientId, answered.clientId]);
    if (written !== undefined && text !== written)
      ledger.violate('not as stored', `${place} holds something else than what was written`, [clientId]);
    return;
  }
  const standing = lasting(edits);
  if (!edits.some(({ change }) => change.type === 'edit' && change.text === text))
    ledger.violate('not as stored', `${place} holds something else than any edit wrote`, [clientId]);
  else if (!standing.some(({ change }) => change.type === 'edit' && change.text === text))
    ledger.violate('lost', `a later edit of ${place} was answered, and an earlier one is stored`, [
      clientId,
      ...standing.map((edit) => edit.clientId),
    ]);
}

function judgeHiding({ ledger, row: { clientId, hiddenFor }, place, deeds }: Judging) {
  const hidings = deeds.filter(({ change }) => change.type === 'delete' && change.scope === 'me');
  for (const hiding of hidings.filter(isAnswered))
    if (!hiddenFor.includes(hiding.userId))
      ledger.violate('lost', `${hiding.device} deleted ${place} for themselves, was answered, and it is not stored`, [
        clientId,
        hiding.clientId,
      ]);
  for (const userId of hiddenFor)
    if (!hidings.some((hiding) => hiding.userId === userId))
      ledger.violate('not as stored', `${place} is hidden from ${userId}, who did not ask for it`, [clientId]);
}

function judgeReactions({ ledger, row: { clientId, reactions, deleted }, place, deeds }: Judging) {
  const keyOf = (userId: string, emoji: string) => `${emoji} of ${userId}`;
  const given = Map.groupBy(
    deeds.filter(({ change }) => change.type === 'react'),
    ({ userId, change }) => keyOf(userId, change.type === 'react' ? change.emoji : ''),
  );
  const stored = new Set(reactions.map(({ userId, emoji }) => keyOf(userId, emoji)));
  for (const key of stored)
    if (!given.get(key)?.some(({ change }) => change.type === 'react' && change.set))
      ledger.violate('not as stored', `${place} has ${key}, which they did not give`, [clientId]);
  // A deletion takes the reactions along.
  if (deleted) return;
  for (const [key, same] of given) {
    const standing = lasting(same);
    const wanted = new Set(standing.map(({ change }) => change.type === 'react' && change.set));
    if (standing.every(isAnswered) && wanted.size === 1 && !wanted.has(stored.has(key)))
      ledger.violate('lost', `${key} on ${place} was ${stored.has(key) ? 'taken back' : 'given'}, answered, and it is not stored so`, [
        clientId,
        ...standing.map((deed) => deed.clientId),
      ]);
  }
}

const isAnswered = ({ answeredAt }: Deed) => answeredAt !== undefined;

/** Any of these may be the last one: an earlier one was replaced when another was asked for after its answer, or on the same device. */
const lasting = (deeds: readonly Deed[]): Deed[] =>
  deeds.filter(
    (deed) =>
      !deeds.some(
        (later) =>
          later !== deed &&
          isAnswered(later) &&
          later.askedAt > (later.device === deed.device ? deed.askedAt : (deed.answeredAt ?? Infinity)),
      ),
  );
