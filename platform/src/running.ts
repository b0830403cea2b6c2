import type { Service as Name } from '@parley/common/contracts';
import type { Service } from '@parley/common/server';

/** The services that run by now. They start at the same time, so whoever asks another one early waits for it. */
export class Running {
  readonly #services = new Map<Name, Service>();
  readonly #arrivals = new Map<Name, PromiseWithResolvers<Service>>();

  add(name: Name, service: Service): void {
    this.#services.set(name, service);
    this.#arrival(name).resolve(service);
  }

  get(name: Name): Service | undefined {
    return this.#services.get(name);
  }

  /** Resolves with undefined when it did not come in time. */
  async arrival(name: Name, withinMs: number): Promise<Service | undefined> {
    const known = this.#services.get(name);
    if (known) return known;
    const tooLate = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => tooLate.resolve(undefined), withinMs);
    try {
      return await Promise.race([this.#arrival(name).promise, tooLate.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async ready(): Promise<boolean> {
    const states = await Promise.all(Array.from(this.#services.values(), (service) => service.ready()));
    return states.length > 0 && states.every(Boolean);
  }

  #arrival(name: Name): PromiseWithResolvers<Service> {
    const known = this.#arrivals.get(name) ?? Promise.withResolvers<Service>();
    this.#arrivals.set(name, known);
    return known;
  }
}
