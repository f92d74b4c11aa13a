import { beforeAll, expect, it } from 'vitest';
import { AdmissionPolicies, denialText, ObjectContext } from '../../src/engines/admission/index.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { KubernetesObject } from '../../src/kubernetes/object.ts';
import { random, randomExpressions } from '../differential/admission-cases.ts';
import { POLICIES, type PolicyCase, policyObjects, SAMPLES } from './admission-samples.ts';
import { cluster, describeWithCluster, eventually, freshNamespace } from './cluster.ts';

const API = '/apis/admissionregistration.k8s.io/v1';
const SEED = 20261123;
/** Expressions of random policies, and the objects that each is asked about. */
const EXPRESSIONS = Number(process.env['ADMISSION_EXPRESSIONS'] ?? 120);
const OBJECTS = Number(process.env['ADMISSION_OBJECTS'] ?? 12);
const AT_ONCE = 8;

interface Server {
  readonly allowed: boolean;
  readonly message: string;
}

function seen(raw: JsonObject): KubernetesObject {
  const origin = {
    file: { path: 'test' },
    document: 0,
    start: 0,
    end: 0,
    line: 1,
    column: 1,
    format: 'json',
    within: '',
  } as const;
  return new KubernetesObject(raw, origin);
}

const PATHS: Readonly<Record<string, string>> = {
  Pod: '/api/v1/namespaces/NS/pods',
  ConfigMap: '/api/v1/namespaces/NS/configmaps',
  Service: '/api/v1/namespaces/NS/services',
  Deployment: '/apis/apps/v1/namespaces/NS/deployments',
};

describeWithCluster('ValidatingAdmissionPolicies', () => {
  let namespace: JsonObject;
  let name: string;
  const created: { policy: JsonObject; binding: JsonObject; refused: boolean }[] = [];

  async function ask(object: JsonObject): Promise<Server> {
    const path = PATHS[String(object['kind'])]!.replace('NS', name);
    const { status, body } = await cluster().request('POST', `${path}?dryRun=All`, object);
    return { allowed: status === 201, message: status === 201 ? '' : String(body.message) };
  }

  function engine(): { context: ObjectContext; policies: AdmissionPolicies } {
    const context = new ObjectContext([seen(namespace), ...PARAMS.map((param) => seen(param))], true);
    const usable = created.filter(({ refused }) => !refused);
    const policies = new AdmissionPolicies(
      usable.map(({ policy }) => policy),
      usable.map(({ binding }) => binding),
    );
    return { context, policies };
  }

  function mine({ context, policies }: ReturnType<typeof engine>, object: JsonObject) {
    const request = context.request(
      seen({ ...object, metadata: { ...(object['metadata'] as JsonObject), namespace: name } }),
      'CREATE',
    )!;
    const { verdict, objections, undecided } = policies.review({ ...request, dryRun: true }, context);
    return {
      verdict,
      messages: objections.filter(({ action }) => action === 'Deny').map(denialText),
      unknown: undecided.map(({ code, detail }) => `${code} ${detail}`),
    };
  }

  const PARAMS: JsonObject[] = [];

  async function install(cases: readonly PolicyCase[]): Promise<string[]> {
    const wrong: string[] = [];
    for (const each of cases) {
      const [policy, binding] = policyObjects(each, name);
      const { status, body } = await cluster().request('POST', `${API}/validatingadmissionpolicies`, policy);
      const problems = new AdmissionPolicies([policy], []).problems();
      const refused = status !== 201;
      if (refused !== problems.size > 0)
        wrong.push(
          `${each.validations[0]!.expression}: server ${status} ${body.message}, engine ${JSON.stringify([...problems])}`,
        );
      created.push({ policy, binding, refused });
      if (!refused) await cluster().expect('POST', `${API}/validatingadmissionpolicybindings`, binding);
    }
    return wrong;
  }

  /** Waits until the API server asks a policy that was made last. */
  async function active(): Promise<void> {
    const sentinel: PolicyCase = {
      name: `sentinel-${created.length}`,
      only: 'sentinel',
      validations: [{ expression: 'false', message: 'seen' }],
    };
    await install([sentinel]);
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'sentinel', labels: { only: 'sentinel' } },
    };
    await eventually(async () => (await ask(object)).message.includes('seen'));
  }

  async function compare(
    objects: readonly JsonObject[],
  ): Promise<{ unknown: Map<string, number>; wrong: string[]; denied: number }> {
    const unknown = new Map<string, number>();
    const wrong: string[] = [];
    let denied = 0;
    const compiled = engine();
    for (let i = 0; i < objects.length; i += AT_ONCE) {
      const batch = objects.slice(i, i + AT_ONCE);
      const answers = await Promise.all(batch.map(ask));
      for (const [j, object] of batch.entries()) {
        const { allowed, message } = answers[j]!;
        if (!allowed && !message.includes('ValidatingAdmissionPolicy')) {
          wrong.push(`the sample is refused for another reason: ${message}`);
          continue;
        }
        const { verdict, messages, unknown: reasons } = mine(compiled, object);
        if (verdict === 'unknown') {
          for (const reason of reasons) unknown.set(reason, (unknown.get(reason) ?? 0) + 1);
          continue;
        }
        if (!allowed) denied++;
        const said = message.replace(/^.*? is forbidden: /s, '');
        const agrees = allowed ? verdict === 'allowed' : verdict === 'denied' && messages.includes(said);
        if (!agrees)
          wrong.push(
            `${JSON.stringify(object)}\n  server: ${allowed ? 'allowed' : said}\n  engine: ${verdict} ${messages.join(' | ')}`,
          );
      }
    }
    return { unknown, wrong, denied };
  }

  beforeAll(async () => {
    name = await freshNamespace({ 'admission-test': 'yes', env: 'prod' });
    namespace = await cluster().expect('GET', `/api/v1/namespaces/${name}`);
    namespace = { apiVersion: 'v1', kind: 'Namespace', ...namespace };
    const params = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'limits', labels: { is: 'limits' } },
      data: { maxReplicas: '3', registry: 'registry.example/' },
    };
    await cluster().expect('POST', `/api/v1/namespaces/${name}/configmaps`, params);
    PARAMS.push({ ...params, metadata: { ...params.metadata, namespace: name } });
  });

  it('are decided as the API server decides them', async () => {
    expect(await install(POLICIES)).toEqual([]);
    await active();
    const objects = SAMPLES.flatMap((sample) => POLICIES.map(({ only }) => labelled(sample, only)));
    const { unknown, wrong, denied } = await compare(objects);
    console.info(
      `${objects.length} requests, ${denied} denied, not decided: ${JSON.stringify([...unknown])}`,
    );
    expect(wrong).toEqual([]);
    expect(denied).toBeGreaterThan(objects.length / 10);
  }, 600_000);

  it(`are decided alike with ${EXPRESSIONS} random expressions (seed ${SEED})`, async () => {
    const next = random(SEED);
    const sample = (): JsonObject => SAMPLES[Math.floor(next() * SAMPLES.length)]!;
    const cases = Array.from({ length: EXPRESSIONS }, (_, i): PolicyCase => {
      const [expression = 'true'] = randomExpressions(SEED + i, sample(), 1);
      return { name: `random-${i}`, only: `r${i}`, validations: [{ expression }] };
    });
    expect(await install(cases)).toEqual([]);
    await active();
    const objects = cases.flatMap(({ only }) =>
      Array.from({ length: OBJECTS }, () => labelled(sample(), only)),
    );
    const { unknown, wrong, denied } = await compare(objects);
    console.info(
      `${objects.length} requests, ${denied} denied, not decided: ${JSON.stringify([...unknown])}`,
    );
    expect(wrong).toEqual([]);
  }, 600_000);
}, ['kcm']);

function labelled(object: JsonObject, only: string): JsonObject {
  const metadata = object['metadata'] as JsonObject;
  return { ...object, metadata: { ...metadata, labels: { ...(metadata['labels'] as JsonObject), only } } };
}
