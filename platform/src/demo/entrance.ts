import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { openPage, type Page, pageHeaders } from '../page.ts';
import { visited } from './people.ts';
import { drawPortrait } from './portrait.ts';

const PATH = '/demo';

/** The page on which one comes in as somebody of the demo. It holds their password, and nothing else that others do not have. */
export function entrance(password: string): Page {
  const page = openPage(join(import.meta.dirname, 'page'));
  const people = visited.map(({ userName, displayName, about, host }) => ({ userName, displayName, about, host }));
  const portraits = new Map(visited.map(({ userName, portrait }) => [`${PATH}/${userName}.png`, drawPortrait(portrait)]));
  return (request, response, path) => {
    if (path !== PATH && !path.startsWith(`${PATH}/`)) return false;
    const portrait = portraits.get(path);
    if (portrait) send(response, 'image/png', portrait);
    else if (path === `${PATH}/people.json`) send(response, 'application/json', Buffer.from(JSON.stringify({ people, password })));
    else return page(request, response, path.slice(PATH.length) || '/');
    return true;
  };
}

function send(response: ServerResponse, type: string, body: Buffer) {
  response.writeHead(200, { ...pageHeaders, 'content-type': type, 'content-length': body.length, 'cache-control': 'no-store' });
  response.end(body);
}
