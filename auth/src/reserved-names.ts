import { glanceOf } from './confusables.ts';

const seen = (words: string) => new Set(words.split(' ').map(glanceOf));

/** Who speaks for the installation: reserved also as one word of a name, and with a number behind it. */
const roles = seen(
  'admin admins administrator administrators administration root superuser sysadmin system operator staff moderator moderators mod mods ' +
    'support helpdesk service security abuse postmaster webmaster hostmaster noreply parley official',
);

/** Names that would pass for a part of the installation, for nobody or for everybody: reserved as a whole. */
const wholes = seen(
  'sys owner team help info contact bot robot api auth users messages notifications everyone everybody here channel room group me myself ' +
    'self you nobody none null undefined nan anonymous guest unknown deleted deletedaccount deleteduser account settings login logout ' +
    'signin signout signup register test',
);

/** As it is typed alone, because at a glance it is Ali. */
const typed = new Set(['all']);

/** Of a name with folded case. Dots and dashes make no other name of a reserved one. */
export function isReserved(folded: string): boolean {
  const words = folded.split(/[._-]+/);
  const whole = words.join('');
  return typed.has(whole) || wholes.has(glanceOf(whole)) || [whole, ...words].some(isRole);
}

/** Of `officia11` the first 1 is a letter and the second one a number, so each digit is tried as both. */
function isRole(word: string): boolean {
  const digits = /\d*$/.exec(word)?.[0].length ?? 0;
  return Array.from({ length: digits + 1 }, (_, number) => word.slice(0, word.length - number)).some((role) => roles.has(glanceOf(role)));
}
