interface Extending {
  waitUntil(work: Promise<unknown>): void;
}

export interface PushedData {
  json(): unknown;
}

/** A page of ours, in some tab. */
export interface Page {
  navigate(path: string): Promise<unknown>;
  focus(): Promise<unknown>;
}

export interface Pages {
  claim(): Promise<void>;
  matchAll(which: { type: 'window' }): Promise<readonly Page[]>;
  openWindow(path: string): Promise<unknown>;
}

interface Events {
  install: Extending;
  activate: Extending;
  fetch: Extending & { readonly request: Request; respondWith(answer: Promise<Response>): void };
  message: Extending & { readonly data: unknown };
  push: Extending & { readonly data: PushedData | null };
  notificationclick: Extending & { readonly notification: Pick<Notification, 'data' | 'close'> };
}

/** As much of a service worker's surroundings as ours needs: the compiler can't know a page's and a worker's at once. */
export interface WorkerScope {
  readonly caches: CacheStorage;
  readonly location: { readonly origin: string };
  readonly clients: Pages;
  readonly registration: Pick<ServiceWorkerRegistration, 'showNotification'>;
  skipWaiting(): Promise<void>;
  addEventListener<K extends keyof Events>(type: K, listener: (event: Events[K]) => unknown): void;
}
