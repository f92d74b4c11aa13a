import { describe, expect, it } from 'vitest';
import { parseImage } from '../../src/kubernetes/images.ts';
import type { Json } from '../../src/kubernetes/json.ts';
import { labelKeyProblems, labelValueProblems } from '../../src/kubernetes/labels.ts';
import { parseQuantity, quantityRefusal } from '../../src/kubernetes/quantity.ts';
import { REMOVED_APIS } from '../../src/kubernetes/removed-apis.ts';
import { parseSelector } from '../../src/kubernetes/selector-syntax.ts';
import { compileLabelSelector, type SelectorResult } from '../../src/kubernetes/selectors.ts';
import { compareApiVersions, parseGroupVersion, parseRelease } from '../../src/kubernetes/versions.ts';
import { hasGo } from './build-oracle.ts';
import { askOracle } from './oracle.ts';
import { Random } from './random.ts';

const SEED = 20260501;
type Refusable<A> = A | { error: string };

/** Asks the oracle every question and compares; a difference prints its question and the seed. */
async function compare<Q, A>(
  operation: string,
  questions: readonly Q[],
  ours: (question: Q, theirs: Refusable<A>) => Refusable<A>,
) {
  const theirs = await askOracle<Q, Refusable<A>>(operation, questions);
  expect(theirs.length).toBe(questions.length);
  questions.forEach((question, i) => {
    expect({ seed: SEED, question, answer: ours(question, theirs[i]!) }).toEqual({
      seed: SEED,
      question,
      answer: theirs[i],
    });
  });
  const refused = theirs.filter((answer) => typeof answer === 'object' && answer && 'error' in answer).length;
  process.stdout.write(`${operation}: ${theirs.length} compared, ${refused} of them refused by upstream\n`);
  return { refused, accepted: theirs.length - refused };
}

describe.skipIf(!hasGo())('primitives agree with upstream', () => {
  it('reads, writes and compares quantities', async () => {
    const random = new Random(SEED);
    const suffixes = [
      '',
      '',
      'n',
      'u',
      'm',
      'k',
      'M',
      'G',
      'T',
      'P',
      'E',
      'Ki',
      'Mi',
      'Gi',
      'Ti',
      'Pi',
      'Ei',
    ];
    const oddSuffixes = [
      'e',
      'E',
      'e3',
      'E-3',
      'e+2',
      'e4294967296',
      'e9223372036854775808',
      'i',
      'K',
      'mi',
      'e1.5',
      'ee2',
      '-3',
    ];
    const digits = ['0', '1', '2', '5', '9', '00', '000', '1024', '1000', '7'];
    const number = () => {
      const whole = random.text(digits, 0, random.pick([1, 2, 4, 9]));
      return random.below(3) === 0 ? `${whole}.${random.text(digits, 0, random.pick([1, 3, 8]))}` : whole;
    };
    const one = (): Json => {
      const shape = random.below(20);
      if (shape === 0)
        return random.pick([0, 1, -1, 0.5, 1e21, 1e-7, 123456789, 1.1e-12, 2 ** 53, null, true, [], {}]);
      if (shape === 1)
        return random.text([...digits, '.', '+', '-', ' ', '\t', '\u00a0', 'e', 'm', 'K', 'i', 'é'], 0, 6);
      const suffix = random.pick(shape < 5 ? oddSuffixes : suffixes);
      return (
        random.pick(['', '', '', '-', '+', ' ']) + number() + suffix + random.pick(['', '', '', '', ' '])
      );
    };
    const questions = Array.from({ length: 40_000 }, () => ({ value: one(), other: one() }));
    questions.push(
      ...[
        '.',
        '+',
        '-',
        '.Ki',
        '.Ei',
        'm',
        'Ki',
        '.e-10',
        '9223372036854775807',
        '9223372036854775808',
        '-9223372036854775808',
        '8Ei',
        '-8Ei',
        '7.9999999999999999Ei',
        '1e18',
        '0.0000000001',
        '-0.0000000001',
        '0.1n',
        '-1.5n',
        '1.5Gi',
        '0.1Ki',
      ].map((value) => ({ value, other: '1' })),
    );
    const { accepted, refused } = await compare('quantity', questions, (question, theirs) => {
      const refusal = quantityRefusal(question.value) ?? quantityRefusal(question.other);
      if (refusal !== undefined) return { error: refusal };
      const [value, other] = [parseQuantity(question.value)!, parseQuantity(question.other)!];
      return {
        string: value.toString(),
        // big.Float divides with 64 bits of precision and rounds twice; the last bit may differ from the nearest double.
        number: closest(value.toNumber(), theirs),
        zero: value.isZero(),
        sign: value.sign(),
        // The zero value, which null leaves behind, has no format of its own.
        format: question.value === null ? '' : value.format,
        compare: value.compare(other),
      };
    });
    expect(Math.min(accepted, refused)).toBeGreaterThan(2_000);
  });

  it('parses and matches selectors', async () => {
    const random = new Random(SEED);
    const keys = [
      'a',
      'b',
      'in',
      'notin',
      'app.kubernetes.io/name',
      'x/y',
      'toString',
      '__proto__',
      '-bad',
      'a/b/c',
      '/a',
      'A.b/c',
      'é',
    ];
    const values = [
      '',
      'a',
      'b',
      '1',
      '10',
      '-5',
      'in',
      'x'.repeat(63),
      'x'.repeat(64),
      'bad value',
      '9223372036854775808',
    ];
    const labels = () =>
      JSON.parse(
        `{${[...new Set(Array.from({ length: random.below(4) }, () => random.pick(keys)))]
          .map((key) => `${JSON.stringify(key)}:${JSON.stringify(random.pick(values))}`)
          .join(',')}}`,
      ) as Record<string, string>;
    const list = () => Array.from({ length: random.below(3) }, () => random.pick(values));
    const text = () => {
      const key = random.pick(keys);
      return random.pick([
        key,
        `!${key}`,
        `${key}${random.pick(['=', '==', '!=', '>', '<', ' = ', '!', '=>', '!!'])}${random.pick(values)}`,
        `${key} ${random.pick(['in', 'notin'])} (${list().join(random.pick([',', ', ', ' ', ',,']))}${random.pick([')', ')', ')', ',)', ''])}`,
      ]);
    };
    const tokens = [
      'a',
      'in',
      'notin',
      ' ',
      ',',
      '(',
      ')',
      '!',
      '=',
      '==',
      '!=',
      '<',
      '>',
      '1',
      '\t',
      '\n',
      '\0',
    ];
    const questions = Array.from({ length: 30_000 }, (_, i) => ({
      text:
        i % 5 === 0
          ? random.text(tokens, 0, 8)
          : Array.from({ length: random.below(4) }, text).join(random.pick([',', ', ', ' ,'])),
      labels: Array.from({ length: 4 }, labels),
    }));
    const answer = (
      compiled: SelectorResult,
      asked: { labels: Record<string, string>[] },
      theirs: unknown,
    ) =>
      'refused' in compiled
        ? { error: compiled.refused }
        : {
            ...(theirs as object),
            matches: asked.labels.map((set) => compiled.matches(set)),
            empty: compiled.requirements.length === 0 || compiled.requirements === 'nothing',
          };
    const parsed = await compare('selector', questions, (question, theirs) =>
      answer(parseSelector(question.text), question, theirs),
    );
    expect(Math.min(parsed.accepted, parsed.refused)).toBeGreaterThan(2_000);

    const structured = Array.from({ length: 20_000 }, () => ({
      selector: random.below(50)
        ? {
            ...(random.below(2)
              ? {
                  matchLabels: Object.fromEntries(
                    [[random.pick(keys), random.pick(values)]].slice(random.below(2)),
                  ),
                }
              : {}),
            ...(random.below(2)
              ? {
                  matchExpressions: Array.from({ length: random.below(3) }, () => ({
                    key: random.pick(keys),
                    operator: random.pick([
                      'In',
                      'NotIn',
                      'Exists',
                      'DoesNotExist',
                      'In',
                      'NotIn',
                      'Gt',
                      'in',
                      '',
                    ]),
                    ...(random.below(3) ? { values: list() } : {}),
                  })),
                }
              : {}),
          }
        : null,
      labels: Array.from({ length: 4 }, labels),
    }));
    const compiled = await compare('selector', structured, (question, theirs) => {
      const ours = compileLabelSelector(question.selector);
      const expected = answer(ours, question, theirs);
      // labels.Nothing() is not "empty" for upstream; it selects no object, an empty selector every one.
      return 'refused' in ours || ours.requirements !== 'nothing' ? expected : { ...expected, empty: false };
    });
    expect(Math.min(compiled.accepted, compiled.refused)).toBeGreaterThan(2_000);
  });

  it('validates label keys and values', async () => {
    const random = new Random(SEED);
    const pieces = [
      'a',
      'B',
      '0',
      '-',
      '_',
      '.',
      '/',
      'é',
      ' ',
      'abc.def',
      'x'.repeat(31),
      'y'.repeat(120),
      '\n',
    ];
    const questions = Array.from({ length: 10_000 }, () => ({
      key: random.text(pieces, 0, 4),
      value: random.text(pieces, 0, 4),
    }));
    await compare('label', questions, ({ key, value }) => ({
      key: labelKeyProblems(key),
      value: labelValueProblems(value),
    }));
  });

  it('orders and reads versions', async () => {
    const random = new Random(SEED);
    const versions = [
      'v1',
      'v2',
      'v10',
      'v1beta1',
      'v1beta2',
      'v2beta1',
      'v1alpha1',
      'v2alpha10',
      'v1gamma1',
      'foo',
      'bar',
      '',
      'v',
      'v01',
      'v99999999999999999999',
      'v1beta99999999999999999999',
      'V1',
      'v1beta',
    ];
    await compare(
      'api-version-compare',
      versions.flatMap((a) => versions.map((b) => ({ a, b }))),
      ({ a, b }) => compareApiVersions(a, b),
    );
    const words = ['', '/', 'v1', 'apps/v1', 'a/b/c', '/v1', 'apps/', 'x.y/v1beta1'];
    await compare(
      'group-version',
      words.map((text) => ({ text })),
      ({ text }) => {
        return parseGroupVersion(text) ?? { error: `unexpected GroupVersion string: ${text}` };
      },
    );
    const releases = Array.from({ length: 5_000 }, () => ({
      text: random.text(
        ['v', '1', '.', '37', '0', '-gke.100', '+', ' ', 'x', '\n', '99999999999', '.25', '1.2'],
        1,
        7,
      ),
    }));
    await compare<{ text: string }, object>('release', releases, ({ text }, theirs) => {
      const ours = parseRelease(text);
      if (ours === undefined) return 'error' in theirs ? theirs : { error: 'refused by us alone' };
      return { ...theirs, ...ours };
    });
  });

  it('parses image references', async () => {
    const random = new Random(SEED);
    const pieces = [
      'nginx',
      'a',
      'B',
      'library',
      'docker.io',
      'index.docker.io',
      'localhost',
      'registry.example:5000',
      ':',
      '/',
      '/',
      '@',
      '-',
      '_',
      '__',
      '.',
      ':1.25',
      ':latest',
      ':5000',
      `@sha256:${'a'.repeat(64)}`,
      `@sha256:${'A'.repeat(64)}`,
      `@sha512:${'b'.repeat(128)}`,
      `@md5:${'a'.repeat(32)}`,
      `@sha256:${'a'.repeat(63)}`,
      '[::1]',
      'é',
      ' ',
      'c'.repeat(64),
      'x'.repeat(130),
    ];
    const questions = Array.from({ length: 40_000 }, () => ({ text: random.text(pieces, 0, 6) }));
    const { accepted, refused } = await compare<{ text: string }, object>(
      'image',
      questions,
      ({ text }, theirs) => {
        return parseImage(text) ?? ('error' in theirs ? theirs : { error: 'refused by us alone' });
      },
    );
    expect(Math.min(accepted, refused)).toBeGreaterThan(2_000);
  });

  it('knows every removed API that upstream marks', async () => {
    const [marked] = await askOracle<object, string[][]>('removed-apis', [{}]);
    const known = new Map(REMOVED_APIS.map((api) => [`${api.apiVersion} ${api.kind}`, api]));
    const removed = marked!.filter(([, , release]) => Number(release!.split('.')[1]) <= 37);
    expect(removed.length).toBeGreaterThan(30);
    for (const [apiVersion, kind, release, replacement] of removed) {
      if (!isResource(kind!)) continue;
      const ours = known.get(`${apiVersion} ${kind}`);
      expect({ apiVersion, kind, removedIn: ours?.removedIn }).toEqual({
        apiVersion,
        kind,
        removedIn: release,
      });
      // Upstream names the next version in line, which may be gone as well; the table names the newest.
      if (replacement !== '' && !known.has(`${replacement} ${kind}`))
        expect(ours?.replacement).toBe(replacement);
    }
  });
});

/** Lists and what stands only for a subresource are no manifests; the table holds what a file can. */
function isResource(kind: string): boolean {
  return !/(List|Scale|Rollback|Eviction)$/.test(kind);
}

function closest(ours: number, theirs: unknown): number {
  const upstream = (theirs as { number?: number }).number;
  return upstream !== undefined && Math.abs(ours - upstream) <= Math.abs(upstream) * Number.EPSILON
    ? upstream
    : ours;
}
