import { isObject, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { isSecretHeader } from './headers.ts';
import { isHarmless, isSecretName, isSecretVariable } from './names.ts';
import { REDACTED, type Redactions, TOO_DEEP } from './tally.ts';
import { hasHint, redactCommand, redactText } from './text.ts';
import { redactUri } from './uri.ts';

/** Nested deeper than this, nothing is taken apart. The API server itself stops at 10,000; objects of Kubernetes stay below 100. */
export const DEEPEST = 500;

/** Thrown for values that nest deeper than DEEPEST. */
export class TooDeep extends Error {}

export interface JsonContext {
  /** Whether it is a body of a request for Secrets: a whole one, a list, a table, a merge patch, or a JSON patch (RFC 6902). */
  readonly isSecret?: boolean;
  /** Whether the body's `token` is one: of TokenReviews and TokenRequests. */
  readonly isToken?: boolean;
  /**
   * Whether what nests too deep is cut off, and the rest kept: of audit events, whose user could keep his deed out of the records by
   * something deep in its body that the API server passes over.
   */
  readonly isCut?: boolean;
}

/** Takes secrets out of a JSON value, which it may change. @throws TooDeep */
export function redactJson(value: Json, tally: Redactions, context: JsonContext = {}): Json {
  return new Walk(tally).value(value, context, 0);
}

const SECRET_KINDS = new Set(['Secret', 'SecretList']);
const TOKEN_KINDS = new Set(['TokenReview', 'TokenRequest']);
const ARGUMENTS = new Set(['command', 'args', 'argv', 'cmd', 'entrypoint', 'Cmd', 'Entrypoint']);
const URIS = new Set(['requestURI', 'RequestUri', 'requestUri', 'selfLink']);
/** Values of Secrets stand in these; a JSON patch names them in its path. */
const SECRET_DATA = new Set(['data', 'stringData', 'binaryData']);
const SECRET_PATH = /^\/(?:data|stringData)(?:\/|$)/;
const ENV_PATH = /\/env\/(?:\d+|-)\/value$/;
const ANNOTATIONS_PATH = /^\/metadata\/annotations\//;
const BASE64_PAIR = /^[A-Za-z0-9+/]{4,}={0,2}$/;

class Walk {
  readonly #tally: Redactions;

  constructor(tally: Redactions) {
    this.#tally = tally;
  }

  value(value: Json | undefined, context: JsonContext, depth: number): Json {
    if (typeof value === 'string') return this.text(value, context, depth);
    if (typeof value !== 'object' || value === null) return value ?? null;
    if (depth > DEEPEST) {
      if (context.isCut !== true) throw new TooDeep();
      this.#tally.add('too-deep');
      return TOO_DEEP;
    }
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length; at++) value[at] = this.value(value[at], context, depth + 1);
      return value;
    }
    this.#object(value, context, depth);
    return value;
  }

  /** A text that may be JSON again, such as the annotation last-applied-configuration. */
  text(text: string, context: JsonContext, depth: number): string {
    const first = text.charCodeAt(0);
    if ((first === 0x7b || first === 0x5b) && (context.isSecret === true || hasHint(text))) {
      const inner = parse(text);
      if (typeof inner === 'object' && inner !== null) {
        const before = this.#tally.total;
        const redacted = this.value(inner, context, depth + 1);
        return this.#tally.total === before ? text : JSON.stringify(redacted);
      }
    }
    return redactText(text, this.#tally);
  }

  #object(object: JsonObject, outer: JsonContext, depth: number): void {
    const context = contextOf(object, outer);
    const { name, value, op, path } = object;
    const isPatch = typeof op === 'string' && typeof path === 'string';
    const isVariable = typeof name === 'string' && typeof value === 'string' && !isPatch;
    for (const key in object) {
      const each = object[key];
      if (context.isSecret === true && SECRET_DATA.has(key))
        object[key] = this.#hide(each, 'secret-data', depth);
      else if (isPatch && key === 'value') object[key] = this.#patched(path, each, context, depth);
      else if (isVariable && key === 'value') object[key] = this.#variable(name, value, context, depth);
      else if (typeof each === 'string') object[key] = this.#field(key, each, context, depth);
      else if (Array.isArray(each) && ARGUMENTS.has(key) && each.every((item) => typeof item === 'string'))
        object[key] = redactCommand(each, this.#tally);
      else if (typeof each === 'object' && each !== null)
        object[key] = this.#nested(key, each, context, depth);
      else if (typeof each === 'number' && isSecretName(key) && Math.abs(each) > 999) {
        object[key] = REDACTED;
        this.#tally.add('named-value');
      }
    }
  }

  /** Headers and command lines as lists of texts, by the name above them. */
  #nested(key: string, value: Json[] | JsonObject, context: JsonContext, depth: number): Json {
    if (isSecretHeader(key)) return this.#hide(value, 'header', depth);
    if (Array.isArray(value) && isSecretName(key)) {
      return value.map((item) =>
        typeof item === 'string'
          ? this.#field(key, item, context, depth)
          : this.value(item, context, depth + 1),
      );
    }
    return this.value(value, context, depth + 1);
  }

  #field(key: string, text: string, context: JsonContext, depth: number): string {
    if (text === '') return text;
    if (context.isToken === true && key === 'token') return this.#hideText(text, 'token');
    if (URIS.has(key)) return redactUri(text, this.#tally);
    if (isSecretHeader(key) && !isHarmless(text)) {
      const redacted = redactText(`${key}: ${text}`, this.#tally);
      return redacted.includes(REDACTED) ? redacted.slice(key.length + 2) : this.#hideText(text, 'header');
    }
    if (key === 'auth' && BASE64_PAIR.test(text) && Buffer.from(text, 'base64').includes(0x3a)) {
      return this.#hideText(text, 'named-value');
    }
    // Annotations such as nginx.ingress.kubernetes.io/auth-secret name a Secret.
    const isReference = key.includes('/') && /secret$/.test(key);
    if (!isReference && isSecretName(key) && !isHarmless(text)) {
      const inner = this.text(text, context, depth);
      // What is text around a secret stays readable: a whole configuration under `token`.
      return inner.includes(REDACTED) && /\s/.test(text) ? inner : this.#hideText(text, 'named-value', inner);
    }
    return this.text(text, context, depth);
  }

  #variable(name: string, value: string, context: JsonContext, depth: number): string {
    if (isSecretHeader(name)) return this.#field(name, value, context, depth);
    if (isSecretVariable(name) && !isHarmless(value)) return this.#hideText(value, 'named-value');
    return this.text(value, context, depth);
  }

  #patched(path: string, value: Json | undefined, context: JsonContext, depth: number): Json {
    if (context.isSecret === true && SECRET_PATH.test(path)) return this.#hide(value, 'secret-data', depth);
    const field = pointerToken(path.slice(path.lastIndexOf('/') + 1));
    if (typeof value === 'string') {
      if (ENV_PATH.test(path) && !isHarmless(value)) return this.#hideText(value, 'named-value');
      if (ANNOTATIONS_PATH.test(path)) return this.text(value, context, depth);
      return this.#field(field, value, context, depth);
    }
    if (Array.isArray(value) && ARGUMENTS.has(field) && value.every((item) => typeof item === 'string')) {
      return redactCommand(value, this.#tally);
    }
    return this.value(value, context, depth + 1);
  }

  #hideText(text: string, kind: 'token' | 'header' | 'named-value' | 'secret-data', already = text): string {
    if (text === '' || text === REDACTED) return text;
    if (already === text) this.#tally.add(kind);
    return REDACTED;
  }

  /** All texts and numbers in a value; its keys and its form stay. */
  #hide(value: Json | undefined, kind: 'secret-data' | 'header', depth: number): Json {
    if (typeof value === 'string') {
      // `data` as one text may be a whole patch; nothing of it can be told apart.
      return this.#hideText(value, kind);
    }
    if (typeof value === 'number') {
      this.#tally.add(kind);
      return REDACTED;
    }
    if (typeof value === 'object' && value !== null && depth > DEEPEST) return this.#hideText(TOO_DEEP, kind);
    if (Array.isArray(value)) return value.map((item) => this.#hide(item, kind, depth + 1));
    if (isObject(value)) {
      for (const key in value) value[key] = this.#hide(value[key], kind, depth + 1);
      return value;
    }
    return value ?? null;
  }
}

/** An object's own kind overrules what it stands in: a List of other things stays readable, a Secret in a List does not. */
function contextOf(object: JsonObject, outer: JsonContext): JsonContext {
  const kind = object['kind'];
  if (typeof kind !== 'string') return outer;
  if (SECRET_KINDS.has(kind)) return outer.isSecret === true ? outer : { ...outer, isSecret: true };
  if (TOKEN_KINDS.has(kind)) return outer.isToken === true ? outer : { ...outer, isToken: true };
  return outer;
}

function pointerToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
