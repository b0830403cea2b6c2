import { expect, test } from 'vitest';
import { Gaps } from './gaps.ts';

const heard = (...messages: [publisher: string, stream: string, number: number][]) => {
  const gaps = new Gaps();
  return messages.map(([publisher, stream, number]) => gaps.isGap(publisher, stream, number, 0));
};

test('numbers that follow each other leave no gap', () => {
  expect(heard(['p', 's', 1], ['p', 's', 2], ['p', 's', 3])).toEqual([false, false, false]);
});

test('a skipped number is a gap, once', () => {
  expect(heard(['p', 's', 1], ['p', 's', 3], ['p', 's', 4])).toEqual([false, true, false]);
});

test('a repeated number is none, and what follows the highest is none', () => {
  expect(heard(['p', 's', 1], ['p', 's', 2], ['p', 's', 1], ['p', 's', 2], ['p', 's', 3])).toEqual([false, false, false, false, false]);
});

test('a publisher first heard at a later number may have said something before', () => {
  expect(heard(['p', 's', 7], ['p', 's', 8])).toEqual([true, false]);
});

test('a publisher whose first number is heard has said nothing before', () => {
  expect(heard(['p', 's', 1], ['q', 's', 1])).toEqual([false, false]);
});

test('every stream of a publisher counts for itself', () => {
  expect(heard(['p', 's', 1], ['p', 't', 1], ['p', 's', 2], ['p', 't', 3])).toEqual([false, false, false, true]);
});
