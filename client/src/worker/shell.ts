/** The page as it was built together with this worker. */
export interface Shell {
  readonly version: string;
  /** What has to be here for the page to open without a network. */
  readonly files: readonly string[];
}

const PREFIX = 'parley-page-';
const PAGE = '/index.html';
/** Holds the page that every version hands out instead of its own, until one takes charge. */
const LENT = 'parley-lent';
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
      if (page) await (await storage.open(LENT)).put(PAGE, page);
    },

    /** The two before stay: tabs may still load parts of one that they have not shown yet, and the other may never have been in charge. */
    async tidy() {
      const others = (await storage.keys()).filter((key) => key.startsWith(PREFIX) && key !== name);
      await Promise.all([LENT, ...others.slice(0, -2)].map((key) => storage.delete(key)));
    },

    /** Undefined: not the page's, so the network answers as if nobody stood in between. */
    answer({ method, mode, url }: Request, origin: string): Promise<Response> | undefined {
      const { pathname, origin: where } = new URL(url);
      if (method !== 'GET' || where !== origin) return;
      if (mode === 'navigate') return serversPaths.test(pathname) ? undefined : page(url);
      if (own.has(pathname)) return kept(pathname).then((file) => file ?? fetch(url));
      return pathname.startsWith(ASSETS) ? anyAsset(pathname) : undefined;
    },
  };

  async function page(url: string): Promise<Response> {
    const lent = (await storage.has(LENT)) ? await (await storage.open(LENT)).match(PAGE) : undefined;
    return lent ?? (await kept(PAGE)) ?? fetch(url);
  }

  /** A part of an older version, or a font for letters that are rarely met. */
  async function anyAsset(file: string): Promise<Response> {
    const known = await storage.match(file);
    if (known) return known;
    const response = await fetch(file);
    if (response.ok) await (await storage.open(name)).put(file, response.clone());
    return response;
  }
}
