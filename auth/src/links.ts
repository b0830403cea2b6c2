export type Links = ReturnType<typeof createLinks>;

/** Links that people are sent. The secret stands behind the #, where neither servers nor their logs ever see it. */
export function createLinks(publicUrl: string) {
  const link = (path: string, name: string, token: string) => new URL(`${path}#${name}=${token}`, publicUrl).href;
  return {
    invitation: (token: string) => link('/sign-up', 'invite', token),
    passwordReset: (token: string) => link('/reset-password', 'token', token),
  };
}
