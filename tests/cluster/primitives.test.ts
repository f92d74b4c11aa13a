import { beforeAll, expect, it } from 'vitest';
import { parseQuantity, quantityRefusal } from '../../src/kubernetes/quantity.ts';
import { parseSelector } from '../../src/kubernetes/selector-syntax.ts';
import { Random } from '../differential/random.ts';
import { caseCount, caseTimeout, inParallel } from './cases.ts';
import { cluster, describeWithCluster, freshNamespace } from './cluster.ts';

const SEED = 20260802;
const SELECTORS = caseCount(2000);
const QUANTITIES = caseCount(4000);

const KEYS = ['a', 'b', 'in', 'notin', 'app.kubernetes.io/name', 'x/y', 'toString', 'a.b/C'];
const VALUES = ['', 'a', 'b', '1', '10', 'in', 'x'.repeat(63)];
const BAD_KEYS = ['A.b/c', '-bad', 'a/b/c', '/a', 'é'];
const BAD_VALUES = ['-5', 'bad value', 'x'.repeat(64), '9223372036854775808'];

/** A selector as `kubectl -l` takes it, now and then a wrong one. */
function selector(random: Random): string {
  const rarely = <T>(good: readonly T[], bad: readonly T[]): T =>
    random.below(25) === 0 ? random.pick(bad) : random.pick(good);
  const key = (): string => rarely(KEYS, BAD_KEYS);
  const value = (): string => rarely(VALUES, BAD_VALUES);
  const list = (): string =>
    Array.from({ length: 1 + random.below(3) }, value).join(rarely([',', ', '], [' ', ',,']));
  const requirement = (): string => {
    switch (random.below(4)) {
      case 0:
        return key();
      case 1:
        return `!${key()}`;
      case 2:
        return `${key()}${rarely(['=', '==', '!=', '>', '<', ' = '], ['!', '=>', '!!'])}${value()}`;
      default:
        return `${key()} ${random.pick(['in', 'notin'])} (${list()}${rarely([')'], ['', ',)'])}`;
    }
  };
  return Array.from({ length: random.below(4) }, requirement).join(rarely([',', ', '], [' ', ',,']));
}

function quantity(random: Random): string {
  const digits = ['0', '1', '2', '5', '9', '00', '1024', '1000', '7'];
  const whole = random.text(digits, random.below(10) === 0 ? 0 : 1, random.pick([1, 2, 4, 9]));
  const number = random.below(3) === 0 ? `${whole}.${random.text(digits, 0, random.pick([1, 3, 8]))}` : whole;
  const usual = ['', '', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
  const odd = ['e', 'e3', 'E-3', 'e+2', 'i', 'K', 'mi', 'e1.5', '-3', ' ', 'é'];
  return (
    random.pick(['', '', '', '', '', '+', '-', ' ']) +
    number +
    random.pick(random.below(5) === 0 ? odd : usual)
  );
}

describeWithCluster('label selectors', () => {
  const objects: { name: string; labels: Record<string, string> }[] = [];
  let namespace = '';

  beforeAll(async () => {
    namespace = await freshNamespace();
    const random = new Random(SEED);
    for (let index = 0; index < 40; index++) {
      const keys = new Set(Array.from({ length: random.below(5) }, () => random.pick(KEYS)));
      const labels = Object.fromEntries([...keys].map((key) => [key, random.pick(VALUES)]));
      objects.push({ name: `o${index}`, labels });
    }
    await inParallel(objects, ({ name, labels }) =>
      cluster().expect('POST', `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`, {
        metadata: { name, labels },
      }),
    );
  });

  it(
    `select as the API server does (seed ${SEED})`,
    async () => {
      const random = new Random(SEED + 1);
      const texts = Array.from({ length: SELECTORS }, () => selector(random));
      let refused = 0;
      let selected = 0;
      await inParallel(texts, async (text) => {
        const { status, body } = await cluster().request(
          'GET',
          `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases?labelSelector=${encodeURIComponent(text)}`,
        );
        const compiled = parseSelector(text);
        const where = `seed ${SEED}: ${JSON.stringify(text)}`;
        if (status === 400) {
          refused++;
          expect(compiled, where).toHaveProperty('refused');
          if ('refused' in compiled) expect(body.message, where).toContain(compiled.refused);
          return;
        }
        expect(status, where).toBe(200);
        if ('refused' in compiled) throw new Error(`${where}: refused, ${compiled.refused}`);
        const names = body.items.map((item: { metadata: { name: string } }) => item.metadata.name).sort();
        const ours = objects.filter(({ labels }) => compiled.matches(labels)).map(({ name }) => name);
        expect(ours.sort(), where).toEqual(names);
        if (names.length > 0 && names.length < objects.length) selected++;
      });
      process.stdout.write(
        `selectors: ${SELECTORS} compared with the API server, ${refused} refused, ${selected} select some\n`,
      );
      expect(Math.min(refused, selected)).toBeGreaterThan(SELECTORS * 0.1);
    },
    caseTimeout(SELECTORS),
  );
}, []);

describeWithCluster('quantities', () => {
  it(
    `are read and written as the API server does (seed ${SEED})`,
    async () => {
      const namespace = await freshNamespace();
      const random = new Random(SEED + 2);
      const texts = Array.from({ length: QUANTITIES }, () => quantity(random));
      // A field of a quantity alone: those of resource lists are rounded up to thousandths.
      const ask = (pair: readonly string[], index: number) =>
        cluster().request(
          'POST',
          `/apis/storage.k8s.io/v1/namespaces/${namespace}/csistoragecapacities?dryRun=All`,
          {
            metadata: { name: `q${index}` },
            storageClassName: 'c',
            capacity: pair[0],
            ...(pair[1] === undefined ? {} : { maximumVolumeSize: pair[1] }),
          },
        );
      const taken = texts.filter((text) => {
        const value = parseQuantity(text);
        // A negative amount is read, and refused as such.
        return value !== undefined && value.sign() >= 0;
      });
      const pairs = Array.from({ length: Math.ceil(taken.length / 2) }, (_, index) =>
        taken.slice(2 * index, 2 * index + 2),
      );
      await inParallel(pairs, async (pair, index) => {
        const { status, body } = await ask(pair, index);
        const where = `seed ${SEED}: ${JSON.stringify(pair)} ${body.message}`;
        expect(status, where).toBe(201);
        const written = [body.capacity, body.maximumVolumeSize].slice(0, pair.length);
        expect(
          pair.map((text) => parseQuantity(text)?.toString()),
          where,
        ).toEqual(written);
      });
      const others = texts.filter((text) => !taken.includes(text));
      let refused = 0;
      await inParallel(others, async (text, index) => {
        const { status, body } = await ask([text], index);
        const where = `seed ${SEED}: ${JSON.stringify(text)}: ${status} ${body.message}`;
        const refusal = quantityRefusal(text);
        expect(status, where).toBe(refusal === undefined ? 422 : 400);
        if (refusal === undefined) return;
        refused++;
        expect(body.message, where).toContain(refusal);
      });
      process.stdout.write(`quantities: ${QUANTITIES} compared with the API server, ${refused} refused\n`);
      expect(Math.min(refused, taken.length)).toBeGreaterThan(QUANTITIES * 0.1);
    },
    caseTimeout(QUANTITIES),
  );
}, []);
