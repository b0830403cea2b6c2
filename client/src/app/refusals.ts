import { RequestError } from '@parley/client-library';
import type { ErrorCode } from '@parley/common/contracts';
import type { Texts } from '../texts/en.ts';
import type { LaterTexts } from '../texts/en-later.ts';
import { errorText } from '../texts/texts.tsx';

/** What was refused, by the field it is about; `form`: what is about none of them. */
export type Refusals = Readonly<Partial<Record<string, string>>>;

/** Codes that are about one field, whatever the answer says beside them. */
const fieldOf: Partial<Record<ErrorCode | 'offline', string>> = {
  'email-taken': 'email',
  'user-name-taken': 'userName',
  'user-name-reserved': 'userName',
  'invite-invalid': 'invite',
};

/** In the reader's language: the server's own sentences are in English, for whoever reads its answers by hand. */
export function refusalsOf(texts: Texts, later: LaterTexts, error: unknown): Refusals {
  if (!(error instanceof RequestError)) return { form: texts.failed };
  const about: Record<string, string> = {};
  const known: Partial<Record<string, string>> = later.refusals;
  for (const { field, code } of error.details) {
    if (field) about[field] ??= known[`${field} ${code}`] ?? known[field] ?? later.errors['invalid-input'];
  }
  if (Object.keys(about).length > 0) return about;
  return { [fieldOf[error.code] ?? 'form']: errorText(texts, later, error.code) };
}
