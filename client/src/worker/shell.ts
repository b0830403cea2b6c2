/** The page as it was built together with this worker. */
export interface Shell {
  readonly version: string;
  /** What has to be here for the page to open without a network. */
  readonly files: readonly string[];
}

const PREFIX = 'parley-page-';
export const PAGE = '/index.html';
const ASSETS = '/assets/';

/** What the server answers with something else than the page; its own rule is in platform/src/front-door.ts. */
const serversPaths = /^\/(?:api|ws|internal|health|metrics|demo)(?:\/|$)|\.[^/]*$/;

/** Files of the page, kept for when there is no network. Answers of the API are never among them. */
export function createShell({ version, files }: Shell, storage: CacheStorage) {
  const name = PREFIX + version;
  const own = new Set(files);

  /** What has its content in its name is taken from the version before; everything else is asked for anew. */
  const take = async (file: string, into: Cache) => {
    const known = file.startsWith(ASSETS) ? await storage.match(file) : undefined;
    const response = known ?? (await fetch(file, { cache: file.startsWith(ASSETS) ? 'default' : 'no-cache' }));
    if (!response.ok) throw new Error(`${file} was answered with ${response.status}`);
    await into.put(file, response);
  };
  const others = async () => (await storage.keys()).filter((key) => key.startsWith(PREFIX) && key !== name);
  const kept = async (file: string) => (await storage.open(name)).match(file);

  return {
    /** All of it or nothing: half a page is none. */
    async fill() {
      const cache = await storage.open(name);
      await Promise.all(files.map((file) => take(file, cache)));
    },

    /** From now on a page that loads is this one, whichever version answers: browsers may take long to let the one before go. */
    async lend() {
      const page = await kept(PAGE);
      if (!page) return;
      await Promise.all((await others()).map(async (key) => (await storage.open(key)).put(PAGE, page.clone())));
    },

    /** The version before stays: its tabs may still load a part of it that they have not shown yet. */
    async tidy() {
      await Promise.all((await others()).slice(0, -1).map((key) => storage.delete(key)));
    },

    /** Undefined: not the page's, so the network answers as if nobody stood in between. */
    answer({ method, mode, url }: Request, origin: string): Promise<Response> | undefined {
      const { pathname, origin: where } = new URL(url);
      if (method !== 'GET' || where !== origin) return;
      if (mode === 'navigate') return serversPaths.test(pathname) ? undefined : kept(PAGE).then((page) => page ?? fetch(url));
      if (own.has(pathname)) return kept(pathname).then((file) => file ?? fetch(url));
      return pathname.startsWith(ASSETS) ? anyAsset(pathname) : undefined;
    },
  };

  /** A part of an older version, or a font for letters that are rarely met. */
  async function anyAsset(file: string): Promise<Response> {
    const known = await storage.match(file);
    if (known) return known;
    const response = await fetch(file);
    if (response.ok) await (await storage.open(name)).put(file, response.clone());
    return response;
  }
}
