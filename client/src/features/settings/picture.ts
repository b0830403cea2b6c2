import { type Parley, RequestError } from '@parley/client-library';
import type { Person } from '@parley/common/contracts';
import { limits } from '@parley/common/contracts/limits';

/** Pixels of a side: as large as it is ever shown, on a fine screen. */
const SIDE = 320;
const QUALITIES = [0.9, 0.75, 0.6, 0.4];

/** The middle of a picture as a square, small enough for the server: that also leaves behind where it was taken. */
export async function squareOf(file: Blob): Promise<Blob | undefined> {
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (!bitmap) return undefined;
  const side = Math.min(bitmap.width, bitmap.height);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIDE;
  canvas.getContext('2d')?.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  for (const quality of QUALITIES) {
    const made = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (made && made.size <= limits.pictureBytes) return made;
  }
  return undefined;
}

/** The only request whose body is not JSON. A session that ran out is renewed by asking for something else first. */
export async function putPicture(parley: Parley, picture: Blob): Promise<Person> {
  await parley.request('get', '/api/auth/me', {});
  const response = await fetch('/api/users/me/picture', { method: 'PUT', headers: { 'content-type': picture.type }, body: picture });
  const answer = await response.json();
  if (!response.ok) throw new RequestError(answer);
  return answer as Person;
}
