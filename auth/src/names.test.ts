import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emailName, loginKey, readEmail, readUserName, userNameKey } from './names.ts';

const refusalOf = (name: string): string | undefined => {
  try {
    readUserName(name);
    return undefined;
  } catch (error) {
    const { code, details } = error as { code: string; details: { code: string }[] };
    return details[0]?.code ?? code;
  }
};

describe('user names', () => {
  test.each([
    'alice',
    'Alice.B',
    'Ali',
    'Modi',
    'user123',
    'team-rocket',
    'helpful',
    'parleyvous',
    'a_b-c9',
    '007',
    'Straße',
    'ΟΔΟΣ',
    'İstanbul',
    'наташа',
    'ひらがなー',
    '佐々木',
    '김철수',
    'नमस्ते',
    'สวัสดี',
    'עברית',
    'عربي',
  ])('%s is one', (name) => {
    expect(refusalOf(name)).toBeUndefined();
  });

  test.each([
    ['ab', 'length'],
    ['a'.repeat(33), 'length'],
    ['with space', 'characters'],
    ['smile😀', 'characters'],
    ['zero\u200dwidth', 'characters'],
    ['\u3164\u3164\u3164', 'characters'],
    ['x\u0301\u0301\u0301yz', 'characters'],
    ['a\0bc', 'characters'],
    ['\ud800abc', 'characters'],
    ['.abc', 'ends'],
    ['abc-', 'ends'],
    ['Тоm', 'mixed-script'],
    ['pаypal', 'mixed-script'],
    ['ǀǀǀ', 'mixed-script'],
    ['ɑlice', 'mixed-script'],
    ['admin', 'user-name-reserved'],
    ['Ad.Min', 'user-name-reserved'],
    ['ROOT', 'user-name-reserved'],
    ['all', 'user-name-reserved'],
    ['ParIey', 'user-name-reserved'],
    ['OfficiaI', 'user-name-reserved'],
    ['officia11', 'user-name-reserved'],
    ['adrnin', 'user-name-reserved'],
    ['r00t', 'user-name-reserved'],
    ['staff1', 'user-name-reserved'],
    ['s.t.a.f.f.2026', 'user-name-reserved'],
    ['the-admin', 'user-name-reserved'],
    ['the_adm1n7', 'user-name-reserved'],
    ['parley-team', 'user-name-reserved'],
    ['Berlin.Support', 'user-name-reserved'],
    ['каме', undefined],
    ['ме_', 'ends'],
  ])('%j: %s', (name, refusal) => {
    expect(refusalOf(name)).toBe(refusal);
  });

  test('those that look alike are one', () => {
    for (const [one, other] of [
      ['coco', 'сосо'],
      ['alice', 'ALICE'],
      ['alice', 'ａｌｉｃｅ'],
      ['strasse', 'STRAßE'],
      ['οδος', 'ΟΔΟΣ'],
      ['info1', 'İNFO1'],
      ['café', 'cafe\u0301'],
      ['alice', 'aIice'],
      ['alice', 'a1ice'],
      ['bob0', 'bobO'],
      ['modern', 'rnodern'],
      ['modem', 'modern'],
      ['william', 'vvilliam'],
      ['mom', 'гпогп'],
    ] as const) {
      expect(userNameKey(one)).toBe(userNameKey(other));
    }
  });
});

const names = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'abzAZ09._-ßıİσςΣéа\u0301Кﬁｋ가'), minLength: 3, maxLength: 32 }),
);

describe('whatever is typed', () => {
  test('the canonical form of a canonical form is itself', () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(userNameKey(userNameKey(name))).toBe(userNameKey(name));
      }),
    );
  });

  test('capitals, composition and space around change nothing', () => {
    fc.assert(
      fc.property(names, (name) => {
        const key = userNameKey(name);
        expect(userNameKey(` ${name}\u3000`)).toBe(key);
        expect(userNameKey(name.normalize('NFD'))).toBe(key);
        expect(userNameKey(name.normalize('NFKC').toUpperCase())).toBe(key);
      }),
    );
  });

  test('a name that is taken is read the same again, and signs in', () => {
    fc.assert(
      fc.property(names, (name) => {
        if (refusalOf(name) !== undefined) return;
        const { shown, key } = readUserName(name);
        expect(readUserName(shown)).toEqual({ shown, key });
        expect(shown).not.toMatch(/[\s@]|\p{Default_Ignorable_Code_Point}|\p{C}/u);
        expect(loginKey(name)).toEqual({ userName: key });
      }),
    );
  });

  test('to look somebody up never fails', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (login) => {
        const key = loginKey(login);
        expect(JSON.stringify(key ?? null)).not.toContain('\\u0000');
      }),
    );
  });
});

describe('addresses', () => {
  test.each([
    ['Ann@Example.ORG', 'ann@example.org'],
    [' ann@example.org ', 'ann@example.org'],
    ['ann@bücher.example', 'ann@xn--bcher-kva.example'],
    ['ann@BÜCHER.example', 'ann@xn--bcher-kva.example'],
    ["o'hara+lists@sub.example.org", "o'hara+lists@sub.example.org"],
    ['用户@例子.公司', '用户@xn--fsqu00a.xn--55qx5d'],
  ])('%s is unique as %s', (typed, key) => {
    expect(readEmail(typed).key).toBe(key);
  });

  test.each([
    'ann',
    '@example.org',
    'ann@',
    'ann@localhost',
    'ann@1.2.3.4',
    'ann@[1.2.3.4]',
    '.ann@example.org',
    'a..n@example.org',
    'an n@example.org',
    'ann@exa mple.org',
    'ann@-example.org',
    '"ann"@example.org',
    'ann@example.org\nBcc: x@y.org',
    'ann\0@example.org',
    'ann@x.org,bob@y.org',
    `${'a'.repeat(65)}@example.org`,
  ])('%j is none', (typed) => {
    expect(emailName(typed)).toBeUndefined();
  });
});
