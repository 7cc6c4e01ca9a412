// SPDX-License-Identifier: GPL-2.0-only
// Do the sequences that the model leads to hold what is to be found, each of them once?

import { expect, test } from 'vitest';
import { loadSystem } from '#lab/variants';
import { ALPHABETS, type Alphabet } from './alphabets.ts';
import { withoutOne } from './minimise.ts';
import { allWords, type Model, predict, randomWords } from './sequences.ts';

const system = await loadSystem('v3.19', null);

function modelOf(letters: string, length: number, further: number): Model {
  const [first] = ALPHABETS;
  const alphabet: Alphabet = {
    ...first!,
    letters: Object.fromEntries([...letters].map((name) => [name, first!.letters[name]!])),
    length,
    further,
  };
  return { system, alphabet, paging: 'shadow paging' };
}

test('laundering is among the sequences, and found by nothing but trying them', () => {
  const model = modelOf('rwCc', 3, 5);
  const wrong = predict(model, allWords(model)).flatMap(({ word, steps }) => {
    const at = steps.findIndex(({ port, allowed }) => !allowed.includes(port));
    return at < 0 ? [] : [word.slice(0, at + 1)];
  });
  expect(wrong).toEqual(['rwCcr']);
});

test('no sequence is the beginning of another, and each ends with an access', () => {
  const words = allWords(modelOf('rwCc', 3, 4));
  expect(new Set(words).size).toBe(words.length);
  for (const word of words) {
    expect(words.filter((other) => other !== word && other.startsWith(word))).toEqual([]);
    expect(word.at(-1)).toBe('r');
  }
});

test('a seed gives the same words again, each as long as asked for', () => {
  const model = modelOf('rwCDcp', 1, 1);
  const words = randomWords(model, 7, 5, 12);
  expect(randomWords(model, 7, 5, 12)).toEqual(words);
  expect(randomWords(model, 8, 5, 12)).not.toEqual(words);
  expect(predict(model, words).map(({ steps }) => steps.length)).toEqual([12, 12, 12, 12, 12]);
});

test('shorter words lack one letter each', () => {
  expect(withoutOne('rwwC')).toEqual(['wwC', 'rwC', 'rww']);
  expect(withoutOne('r')).toEqual([]);
});
