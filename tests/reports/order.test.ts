import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareText, sortFindings } from '../../src/assessment/order.ts';
import { check, deployment, finding } from './fixture.ts';

const wellFormed = (text: string) => Buffer.from(text).toString();

test('text sorts by its UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      const bytes = Buffer.compare(Buffer.from(wellFormed(a)), Buffer.from(wellFormed(b)));
      expect(Math.sign(compareText(wellFormed(a), wellFormed(b)))).toBe(bytes);
    }),
    { numRuns: 2000, seed: 7 },
  );
  expect(compareText('\ufffd', '🚢')).toBeLessThan(0);
});

test('findings sort by severity, threat, check, file, document and path', () => {
  const z = check('z-check', 'spoofing', 'high');
  const a = check('a-check', 'tampering', 'high');
  const b = check('b-check', 'tampering', 'high');
  const low = check('a-low', 'spoofing', 'low');
  const inFile = (file: string, document = 0) => deployment({ file, document });
  const expected = [
    finding(z, inFile('z.yaml')),
    finding(a, inFile('Z.yaml')),
    finding(a, inFile('a.yaml', 2)),
    finding(a, inFile('a.yaml', 10)),
    finding(b, inFile('a.yaml'), { path: 'spec.containers[2].x' }),
    finding(b, inFile('a.yaml'), { path: 'spec.containers[10].a' }),
    finding(b, inFile('a.yaml'), { path: 'spec.volumes[0]' }),
    finding(low, inFile('a.yaml')),
  ];
  for (let seed = 0; seed < 20; seed++) {
    const shuffled = fc.sample(fc.shuffledSubarray(expected, { minLength: expected.length }), {
      numRuns: 1,
      seed,
    })[0]!;
    expect(sortFindings(shuffled)).toEqual(expected);
  }
});
