/** Something that only the person at the keyboard can put right; its message tells them how. */
export class Unprepared extends Error {}
