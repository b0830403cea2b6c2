import { z } from 'zod';
import { DisplayName } from '../display-name.ts';
import { Instant, Me, personText, SessionId, UserId } from '../entities.ts';
import { limits } from '../limits.ts';
import type { Route } from './route.ts';

/** The bounds of what is typed; auth says in words what else it wants of a name or a password. */
const UserName = personText(limits.userNameMax * 2)
  .trim()
  .min(1);
const Email = personText(limits.email).trim().min(1);
const Password = z.string().min(1).max(limits.passwordMaxBytes);
/** A password that is only compared: whatever was accepted once must be typable now. */
const GivenPassword = z.string().min(1).max(limits.passwordMaxBytes);
const DeviceName = personText(limits.deviceName).trim().optional();

export const Session = z.object({
  sessionId: SessionId,
  deviceName: z.string(),
  address: z.string().nullable(),
  createdAt: Instant,
  lastUsedAt: Instant,
  current: z.boolean(),
});
export type Session = z.infer<typeof Session>;

/** A fact about an account, as it was published and is kept; a newer version may have written names that this one does not know. */
export const AccountEvent = z.object({ name: z.string(), data: z.record(z.string(), z.unknown()) });
export type AccountEvent = z.infer<typeof AccountEvent>;

/** What auth keeps of a person, for them to take along. */
export const AccountExport = z.object({
  account: z.object({
    userId: UserId,
    userName: z.string(),
    email: z.string(),
    registeredAt: Instant,
    passwordChangedAt: Instant,
  }),
  sessions: z.array(Session),
  /** What was told to the other parts of Parley about this account, oldest first. */
  events: z.array(AccountEvent),
});

export const authRoutes = {
  registration: {
    service: 'auth',
    method: 'get',
    path: '/api/auth/registration',
    access: 'public',
    summary: 'Whether this installation takes new accounts, and whether it can send mail.',
    input: z.object({}),
    output: z.object({ registration: z.enum(['open', 'invite', 'closed']), mail: z.boolean() }),
    errors: [],
  },
  signUp: {
    service: 'auth',
    method: 'post',
    path: '/api/auth/sign-up',
    access: 'public',
    summary: 'Make an account and sign in with it.',
    input: z.object({
      email: Email,
      userName: UserName,
      displayName: DisplayName,
      password: Password,
      invite: z.string().max(128).optional(),
      deviceName: DeviceName,
    }),
    output: Me,
    status: 201,
    errors: ['registration-closed', 'invite-invalid', 'email-taken', 'user-name-taken', 'user-name-reserved'],
  },
  signIn: {
    service: 'auth',
    method: 'post',
    path: '/api/auth/sign-in',
    access: 'public',
    summary: 'Sign in with the e-mail address or the user name.',
    input: z.object({
      login: z
        .string()
        .trim()
        .min(1)
        .max(limits.email * 2),
      password: GivenPassword,
      deviceName: DeviceName,
    }),
    output: Me,
    errors: ['wrong-credentials', 'account-disabled'],
  },
  signOut: {
    service: 'auth',
    method: 'post',
    path: '/api/auth/sign-out',
    access: 'public',
    summary: 'End this session, whatever is left of it. Signing out twice is not an error.',
    input: z.object({}),
    output: null,
    errors: [],
  },
  refresh: {
    service: 'auth',
    method: 'post',
    path: '/api/auth/refresh',
    access: 'public',
    summary: 'Trade the refresh cookie for the next pair of tokens.',
    input: z.object({}),
    output: Me,
    errors: ['signed-out'],
  },
  me: {
    service: 'auth',
    method: 'get',
    path: '/api/auth/me',
    access: 'session',
    summary: 'Who am I.',
    input: z.object({}),
    output: Me,
    errors: [],
  },
  listSessions: {
    service: 'auth',
    method: 'get',
    path: '/api/auth/sessions',
    access: 'session',
    summary: 'Where I am signed in, last used first.',
    input: z.object({}),
    output: z.object({ sessions: z.array(Session) }),
    errors: [],
  },
  revokeSession: {
    service: 'auth',
    method: 'delete',
    path: '/api/auth/sessions/:sessionId',
    access: 'session',
    summary: 'Sign one of my devices out.',
    input: z.object({ sessionId: SessionId }),
    output: null,
    errors: ['not-found'],
  },
  revokeOtherSessions: {
    service: 'auth',
    method: 'delete',
    path: '/api/auth/sessions',
    access: 'session',
    summary: 'Sign all my other devices out.',
    input: z.object({}),
    output: z.object({ ended: z.int() }),
    errors: [],
  },
  changePassword: {
    service: 'auth',
    method: 'post',
    path: '/api/auth/password',
    access: 'session',
    summary: 'Change my password; all my other sessions end.',
    input: z.object({ current: GivenPassword, next: Password }),
    output: null,
    errors: ['wrong-password'],
  },
  requestPasswordReset: {
    service: 'auth',
    method: 'post',
    path: '/api/auth/password-reset/request',
    access: 'public',
    summary: 'Have a reset link mailed. The answer is the same whether the address is known or not.',
    input: z.object({ email: Email }),
    output: null,
    status: 202,
    errors: ['unavailable'],
  },
  resetPassword: {
    service: 'auth',
    method: 'post',
    path: '/api/auth/password-reset',
    access: 'public',
    summary: 'Set a new password with a reset link; all sessions end.',
    input: z.object({ token: z.string().min(1).max(128), password: Password }),
    output: null,
    errors: ['link-expired'],
  },
  deleteAccount: {
    service: 'auth',
    method: 'delete',
    path: '/api/auth/me',
    access: 'session',
    summary: 'Delete my account, for good.',
    input: z.object({ password: GivenPassword }),
    output: null,
    errors: ['wrong-password'],
  },
  exportAccount: {
    service: 'auth',
    method: 'get',
    path: '/api/auth/export',
    access: 'session',
    summary: 'All that auth keeps of me.',
    input: z.object({}),
    output: AccountExport,
    errors: [],
  },
  keys: {
    service: 'auth',
    method: 'get',
    path: '/api/auth/keys',
    access: 'public',
    summary: 'The public keys that access tokens are verified with (JWK set).',
    input: z.object({}),
    output: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
    errors: [],
  },
  checkSessions: {
    service: 'auth',
    method: 'post',
    path: '/internal/auth/sessions/check',
    access: 'internal',
    summary: 'Which of these sessions are over. Pods ask for their sockets, in bulk.',
    input: z.object({ sessionIds: z.array(SessionId).max(10_000) }),
    output: z.object({ ended: z.array(SessionId) }),
    errors: [],
  },
  /** A person can be written to as soon as their id is known, which may be before the others have heard of their registration. */
  knownAccounts: {
    service: 'auth',
    method: 'post',
    path: '/internal/auth/accounts/known',
    access: 'internal',
    summary: 'Which of these accounts exist, and which are gone; one that is in neither never was.',
    input: z.object({ userIds: z.array(UserId).max(1_000) }),
    output: z.object({ known: z.array(UserId), gone: z.array(UserId) }),
    errors: [],
  },
  accountEvents: {
    service: 'auth',
    method: 'get',
    path: '/internal/auth/events',
    access: 'internal',
    summary: 'What happened to all accounts, from the first day on, in pages: for a hearer that begins anew.',
    input: z.object({
      after: z
        .string()
        .regex(/^\d{1,18}$/)
        .optional(),
      limit: z.coerce.number().int().min(1).max(1_000).default(500),
    }),
    /** `after` is where the next page begins; null: that was all. */
    output: z.object({ events: z.array(AccountEvent), after: z.string().nullable() }),
    errors: [],
  },
} as const satisfies Record<string, Route>;
