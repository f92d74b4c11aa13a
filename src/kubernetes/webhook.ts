import { asArray, asObject, asString, type JsonObject } from './json.ts';
import type { KubernetesObject } from './object.ts';

export type WebhookType = 'validating' | 'mutating' | 'conversion' | 'api-service';

/** Something that the API server calls over TLS on behalf of a registration object. */
export interface Webhook {
  readonly object: KubernetesObject;
  /** Field path of the registration: `webhooks[0]`, `spec.conversion.webhook`, or `spec` of an APIService. */
  readonly path: string;
  readonly type: WebhookType;
  readonly name: string;
  /** The registration as written. */
  readonly raw: JsonObject;
  /** `clientConfig`, or the `spec` of an APIService, which spells the same fields. */
  readonly clientConfig: JsonObject;
  readonly clientConfigPath: string;
}

/** The webhooks that an object registers; none for other kinds, for Local conversion, and for APIServices served locally. */
export function webhooks(object: KubernetesObject): Webhook[] {
  switch (`${object.group}/${object.kind}`) {
    case 'admissionregistration.k8s.io/ValidatingWebhookConfiguration':
      return admission(object, 'validating');
    case 'admissionregistration.k8s.io/MutatingWebhookConfiguration':
      return admission(object, 'mutating');
    case 'apiextensions.k8s.io/CustomResourceDefinition':
      return conversion(object);
    case 'apiregistration.k8s.io/APIService':
      return apiService(object);
    default:
      return [];
  }
}

function admission(object: KubernetesObject, type: WebhookType): Webhook[] {
  return (asArray(object.raw['webhooks']) ?? []).map((item, index) => {
    const raw = asObject(item) ?? {};
    const path = `webhooks[${index}]`;
    return {
      object,
      path,
      type,
      name: asString(raw['name']) ?? '',
      raw,
      clientConfig: asObject(raw['clientConfig']) ?? {},
      clientConfigPath: `${path}.clientConfig`,
    };
  });
}

function conversion(object: KubernetesObject): Webhook[] {
  const conversionSpec = asObject(object.spec['conversion']);
  if (conversionSpec?.['strategy'] !== 'Webhook') return [];
  const webhook = asObject(conversionSpec['webhook']);
  // apiextensions.k8s.io/v1beta1 has the client configuration right below `conversion`.
  const path = webhook === undefined ? 'spec.conversion' : 'spec.conversion.webhook';
  const field = webhook === undefined ? 'webhookClientConfig' : 'clientConfig';
  const raw = webhook ?? conversionSpec;
  const clientConfig = asObject(raw[field]) ?? {};
  return [
    {
      object,
      path,
      type: 'conversion',
      name: object.name,
      raw,
      clientConfig,
      clientConfigPath: `${path}.${field}`,
    },
  ];
}

function apiService(object: KubernetesObject): Webhook[] {
  if (asObject(object.spec['service']) === undefined) return [];
  return [
    {
      object,
      path: 'spec',
      type: 'api-service',
      name: object.name,
      raw: object.spec,
      clientConfig: object.spec,
      clientConfigPath: 'spec',
    },
  ];
}
