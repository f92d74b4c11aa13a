import { expect, it } from 'vitest';
import { evaluate, type Level, parseVersion, type Version } from '../../src/engines/pod-security/index.ts';
import type { Json, JsonObject } from '../../src/kubernetes/json.ts';
import { readYaml } from '../../src/kubernetes/yaml/index.ts';
import { Choices, randomPod } from '../random-pod.ts';
import { hasTruth, readTruth, truthCases } from '../truth.ts';
import { caseCount, caseTimeout, inParallel } from './cases.ts';
import { cluster, describeWithCluster, freshNamespace } from './cluster.ts';
import { type Pod, validPod } from './valid-pod.ts';

const SEED = 20260801;
const PODS = caseCount(500);
const VERSIONS = [...Array.from({ length: 38 }, (_, minor) => `v1.${minor}`), 'v1.99', 'latest'];
const LEVELS = ['baseline', 'restricted'] as const;

const namespaces = new Map<string, Promise<string>>();

/** A namespace that enforces a level at a version. */
function enforcing(level: Level, version: string): Promise<string> {
  const key = `${level} ${version}`;
  const known = namespaces.get(key);
  if (known !== undefined) return known;
  const made = freshNamespace({
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/enforce-version': version,
  });
  namespaces.set(key, made);
  return made;
}

async function create(namespace: string, pod: Json) {
  return cluster().request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod);
}

function versionOf(text: string): Version | 'latest' {
  const version = parseVersion(text);
  if (version === undefined) throw new Error(`no version: ${text}`);
  return version;
}

/** What upstream's admission says of the engine's violations; undefined where there is none. */
function sentence(pod: Pod, level: Level, version: string): string | undefined {
  const violations = evaluate(pod, level, versionOf(version));
  if (violations.length === 0) return undefined;
  const details = violations.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`));
  return `violates PodSecurity "${level}:${version}": ${details.join(', ')}`;
}

interface Answer {
  readonly allowed: boolean;
  readonly message: string | undefined;
}

/** What the server's admission says of a pod. */
async function admission(pod: Pod, level: Level, version: string): Promise<Answer> {
  const { status, body } = await create(await enforcing(level, version), pod);
  if (status === 201) return { allowed: true, message: undefined };
  const prefix = `pods "${pod.metadata['name']}" is forbidden: `;
  if (status !== 403 || !body.message.startsWith(prefix)) {
    throw new Error(`${status} ${body.message}: ${JSON.stringify(pod)}`);
  }
  return { allowed: false, message: body.message.slice(prefix.length) };
}

/** As asked, the decision is the same; as the server completed it, the words are too. */
function compare(
  name: string,
  pods: { asked: Pod; seen: Pod },
  level: Level,
  version: string,
  answer: Answer,
) {
  expect({ name, level, version, message: sentence(pods.seen, level, version) }).toEqual({
    name,
    level,
    version,
    message: answer.message,
  });
  const allowed = sentence(pods.asked, level, version) === undefined;
  expect(allowed, `${name} as asked at ${level}:${version}: ${JSON.stringify(pods.asked)}`).toBe(
    answer.allowed,
  );
}

describeWithCluster('Pod Security admission', () => {
  it.skipIf(!hasTruth('psa-fixtures'))(
    "decides as the engine on upstream's fixtures",
    async () => {
      const free = await enforcing('privileged', 'latest');
      const cases = truthCases('psa-fixtures');
      const answers = await inParallel(cases, async ({ input = '', level = '', version = '' }) => {
        const [document] = readYaml(readTruth('psa-fixtures', input));
        const fixture = document?.value as Pod;
        // A few have names that no server takes.
        const named = `${fixture.metadata['name']}`.replaceAll('_', '-');
        const asked = { ...fixture, metadata: { ...fixture.metadata, name: named } };
        const { status, body } = await create(free, asked);
        if (status !== 201) return undefined;
        return { asked, seen: body as Pod, answer: await admission(asked, level as Level, version) };
      });
      let compared = 0;
      cases.forEach(({ case: name = '', level, version = '', expected, error_substring = '' }, index) => {
        const found = answers[index];
        if (found === undefined) return;
        compared++;
        compare(name, found, level as Level, version, found.answer);
        // Annotations of older versions are fields by now; only the decision of the case is checked where it allows.
        if (expected === 'deny') expect(found.answer.message, name).toContain(error_substring);
        expect(found.answer.allowed, name).toBe(expected === 'allow');
      });
      process.stdout.write(`Pod Security fixtures: ${compared} of ${cases.length} compared\n`);
      expect(compared).toBeGreaterThan(cases.length * 0.95);
    },
    caseTimeout(1000),
  );

  it(
    `decides as the engine on random pods (seed ${SEED})`,
    async () => {
      const free = await enforcing('privileged', 'latest');
      const choices = new Choices(SEED);
      const pods = Array.from({ length: PODS }, (_, index) => ({
        name: `p${index}`,
        pod: randomPod(choices),
        versions: [choices.of(VERSIONS), choices.of(VERSIONS)],
      }));
      let allowed = 0;
      let denied = 0;
      let invalid = 0;
      await inParallel(pods, async ({ name, pod, versions }, index) => {
        const made = await validPod(pod, name, (attempt) => create(free, attempt));
        if (made === undefined) {
          invalid++;
          return;
        }
        for (const version of versions) {
          for (const level of LEVELS) {
            const answer = await admission(made.asked, level, version);
            compare(`seed ${SEED}, pod ${index}`, made, level, version, answer);
            if (answer.allowed) allowed++;
            else denied++;
          }
        }
      });
      process.stdout.write(
        `Pod Security: ${PODS} random pods, ${invalid} not made valid, ${allowed + denied} answers compared, ${allowed} allowed\n`,
      );
      expect(invalid).toBeLessThan(PODS * 0.1);
      expect(Math.min(allowed, denied)).toBeGreaterThan(PODS * 0.2);
    },
    caseTimeout(PODS * 5),
  );

  it('warns of pod templates as the engine judges them', async () => {
    const namespace = await freshNamespace({ 'pod-security.kubernetes.io/warn': 'restricted' });
    const template = (spec: JsonObject): JsonObject => ({
      metadata: { labels: { app: 'a' } },
      spec: { containers: [{ name: 'c', image: 'example.test/i' }], ...spec },
    });
    const selector = { matchLabels: { app: 'a' } };
    const specs = [{}, { hostNetwork: true }, { volumes: [{ name: 'v', hostPath: { path: '/' } }] }];
    for (const spec of specs) {
      const judged = template(spec);
      for (const [path, object] of [
        ['/apis/apps/v1', { kind: 'Deployment', spec: { selector, template: judged } }],
        ['/apis/apps/v1', { kind: 'DaemonSet', spec: { selector, template: judged } }],
        [
          '/apis/batch/v1',
          {
            kind: 'CronJob',
            spec: {
              schedule: '* * * * *',
              jobTemplate: { spec: { template: template({ ...spec, restartPolicy: 'Never' }) } },
            },
          },
        ],
      ] as const) {
        const resource = `${object.kind.toLowerCase()}s`;
        const { status, headers, body } = await cluster().request(
          'POST',
          `${path}/namespaces/${namespace}/${resource}?dryRun=All`,
          { apiVersion: path.replace('/apis/', ''), metadata: { name: 'x' }, ...object },
        );
        expect(status, JSON.stringify(body)).toBe(201);
        const expected = sentence(judged as Pod, 'restricted', 'latest')?.replace(
          'violates',
          'would violate',
        );
        const warning = [headers['warning']].flat().join().replaceAll('\\"', '"');
        expect(warning, object.kind).toContain(expected);
      }
    }
  });
}, ['kcm']);
