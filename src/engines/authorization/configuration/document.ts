import { duplicate, invalid, notSupported, required } from '../../../kubernetes/field-errors.ts';
import { formatFieldPath } from '../../../kubernetes/field-path.ts';
import { quoteGo } from '../../../kubernetes/go-text.ts';
import { asObject, asObjects, asString, type JsonObject } from '../../../kubernetes/json.ts';
import { subdomainProblems } from '../../../kubernetes/labels.ts';
import { BUILT_IN_SCHEMA } from '../../../kubernetes/schema/index.ts';
import {
  AUTHORIZER_TYPES,
  type AuthorizerType,
  type ConfigurationProblem,
  type ConfigurationReading,
  type ConfiguredAuthorizer,
} from './types.ts';
import { readWebhook } from './webhook-settings.ts';

const GROUP = 'apiserver.config.k8s.io';
const KIND = 'AuthorizationConfiguration';
const VERSIONS: ReadonlySet<string> = new Set(
  ['v1', 'v1beta1', 'v1alpha1'].map((version) => `${GROUP}/${version}`),
);

/** Whether an object is the document of --authorization-config, of a version that v1.37 reads. */
export function isAuthorizationConfiguration({ apiVersion, kind }: JsonObject): boolean {
  return kind === KIND && typeof apiVersion === 'string' && VERSIONS.has(apiVersion);
}

/**
 * Reads the document of --authorization-config with its defaults and checks it as kube-apiserver does before it starts
 * (k8s.io/kubernetes pkg/kubeapiserver/authorizer, LoadAndValidateData). Whether files that it names are there is not looked at.
 */
export function readAuthorizationConfiguration(document: JsonObject): ConfigurationReading {
  const problems: ConfigurationProblem[] = decodingProblems(document);
  if (problems.length > 0) return { authorizers: [], problems };
  const entries = asObjects(document['authorizers']);
  if (entries.length === 0)
    problems.push(required('authorizers', 'at least one authorization mode must be defined'));
  const reader = new AuthorizersReader();
  for (const [index, entry] of entries.entries()) reader.read(entry, `authorizers[${index}]`);
  problems.push(...reader.problems);
  // Names are only looked at once everything else is in order.
  return { authorizers: reader.authorizers, problems: problems.length > 0 ? problems : misnamed(entries) };
}

/** What strict decoding refuses; the three versions have one shape. */
function decodingProblems(document: JsonObject): ConfigurationProblem[] {
  if (!isAuthorizationConfiguration(document))
    return [{ path: '', message: `expected ${KIND} of ${[...VERSIONS].join(', ')}` }];
  const { problems } = BUILT_IN_SCHEMA.checkObject({ ...document, apiVersion: `${GROUP}/v1` });
  return problems.map(({ path, message }) => ({
    path: typeof path === 'string' ? path : formatFieldPath(path),
    message,
  }));
}

/** k8s.io/apiserver pkg/apis/apiserver/validation, ValidateAuthorizationConfiguration. */
class AuthorizersReader {
  readonly authorizers: ConfiguredAuthorizer[] = [];
  readonly problems: ConfigurationProblem[] = [];
  readonly #types = new Set<string>();
  readonly #names = new Set<string>();

  read(entry: JsonObject, path: string): void {
    const before = this.problems.length;
    const type = asString(entry['type']) ?? '';
    const wrongType = this.#typeProblem(type, `${path}.type`);
    if (wrongType !== undefined) {
      this.problems.push(wrongType);
      return;
    }
    this.#types.add(type);
    const name = asString(entry['name']) ?? '';
    this.#checkName(name, `${path}.name`);
    const webhook = asObject(entry['webhook']);
    const common = { type: type as AuthorizerType, name, path };
    if (type !== 'Webhook') {
      if (webhook !== undefined)
        this.problems.push(invalid(`${path}.webhook`, 'non-null', 'may only be specified when type=Webhook'));
      if (this.problems.length === before) this.authorizers.push(common);
    } else if (webhook === undefined) {
      this.problems.push(required(`${path}.webhook`, 'required when type=Webhook'));
    } else {
      const { settings, problems } = readWebhook(webhook, path);
      this.problems.push(...problems);
      if (this.problems.length === before) this.authorizers.push({ ...common, webhook: settings });
    }
  }

  #typeProblem(type: string, path: string): ConfigurationProblem | undefined {
    if (type === '') return required(path);
    if (!(AUTHORIZER_TYPES as readonly string[]).includes(type))
      return notSupported(path, quoteGo(type), AUTHORIZER_TYPES);
    return this.#types.has(type) && type !== 'Webhook' ? duplicate(path, type) : undefined;
  }

  #checkName(name: string, path: string): void {
    if (name === '') this.problems.push(required(path));
    else if (this.#names.has(name)) this.problems.push(duplicate(path, name));
    else {
      const reasons = subdomainProblems(name);
      if (reasons.length > 0)
        this.problems.push(invalid(path, name, `authorizer name is invalid: ${reasons.join(', ')}`));
    }
    this.#names.add(name);
  }
}

/** What keeps the names that --authorization-mode gives: each authorizer but a webhook is called like its type. */
function misnamed(entries: readonly JsonObject[]): ConfigurationProblem[] {
  return entries.flatMap((entry, index) => {
    const [type, name] = [asString(entry['type']) ?? '', asString(entry['name']) ?? ''];
    const expected = nameOfMode(type);
    if (type === 'Webhook' || name === expected) return [];
    const message = `expected name ${expected} for authorizer ${type} instead of ${name}`;
    return [{ path: `authorizers[${index}].name`, message }];
  });
}

export function nameOfMode(mode: string): string {
  return mode.toLowerCase();
}
