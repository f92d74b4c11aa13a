import { expect, test } from 'vitest';
import { findJsonSyntaxError } from './json-syntax.ts';

/** Answers of encoding/json of Go 1.26: json.Unmarshal's message and SyntaxError.Offset, which counts the wrong byte too. */
const ANSWERS: [text: string, message: string, offset: number][] = [
  ['{', 'unexpected end of JSON input', 1],
  ['{"a"', 'unexpected end of JSON input', 4],
  ['{"a":', 'unexpected end of JSON input', 5],
  ['{"a":1', 'unexpected end of JSON input', 6],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string", 8],
  ['{"a":1 "b"}', "invalid character '\"' after object key:value pair", 8],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string", 2],
  ['{"a" 1}', "invalid character '1' after object key", 6],
  ['[1,]', "invalid character ']' looking for beginning of value", 4],
  ['[1 2]', "invalid character '2' after array element", 4],
  ['[1}', "invalid character '}' after array element", 3],
  ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')", 9],
  ['{"a":nul', "invalid character ' ' in literal null (expecting 'l')", 8],
  ['{"a":01}', "invalid character '1' after object key:value pair", 7],
  ['{"a":1.}', "invalid character '}' after decimal point in numeric literal", 8],
  ['{"a":1e+}', "invalid character '}' in exponent of numeric literal", 9],
  ['{"a":-x}', "invalid character 'x' in numeric literal", 7],
  ['{"a":"\\q"}', "invalid character 'q' in string escape code", 8],
  ['{"a":"\\u12g4"}', "invalid character 'g' in \\u hexadecimal character escape", 11],
  ['{"a":"x\ny"}', "invalid character '\\n' in string literal", 8],
  ['{"a":\'b\'}', "invalid character '\\'' looking for beginning of value", 6],
  ['{} x', "invalid character 'x' after top-level value", 4],
  ['{"a":\0}', "invalid character '\\x00' looking for beginning of value", 6],
  ['// c\n{}', "invalid character '/' looking for beginning of value", 1],
  ['', 'unexpected end of JSON input', 0],
  ['{"a":é}', "invalid character 'Ã' looking for beginning of value", 6],
];

test.each(ANSWERS)('%j is refused in the words of Go', (text, message, offset) => {
  const bytes = Buffer.from(text);
  const found = findJsonSyntaxError(bytes);
  expect(found?.message).toBe(message);
  expect(Math.min(bytes.length, (found?.offset ?? -1) + 1)).toBe(offset);
});

test.each(['{}', ' [1, -2.5e+3, "\\u00e9\\n", true, null, {"a": []}] \n', '0', '"x"'])(
  '%j is JSON',
  (text) => {
    expect(findJsonSyntaxError(Buffer.from(text))).toBeUndefined();
  },
);

test('nesting costs no stack', () => {
  expect(findJsonSyntaxError(Buffer.from('['.repeat(200_000)))?.message).toBe('unexpected end of JSON input');
});
