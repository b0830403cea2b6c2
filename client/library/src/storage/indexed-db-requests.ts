import type { Range } from '../ranges.ts';

export const rowsOf = (conversationId: string, [first, last]: Range = [0, Number.MAX_SAFE_INTEGER]) =>
  IDBKeyRange.bound([conversationId, first], [conversationId, last]);

export const whenRead = <T>(request: IDBRequest<T>, take: (value: T) => unknown) => {
  request.onsuccess = () => take(request.result);
};

export const result = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
