import type { FunctionTable } from '../declarations.ts';
import {
  CelError,
  Entries,
  Items,
  NO_SUCH_OVERLOAD,
  OpaqueValue,
  type Result,
  type Value,
} from '../value.ts';
import { type GoUrl, hostAndPort, parseUrl, queryValues, requestUriProblem, urlText } from './go-url.ts';

class Url extends OpaqueValue {
  readonly typeName = 'kubernetes.URL';
  readonly url: GoUrl;

  constructor(url: GoUrl) {
    super();
    this.url = url;
  }

  override equals(other: OpaqueValue): Result {
    return other instanceof Url ? urlText(this.url) === urlText(other.url) : NO_SUCH_OVERLOAD;
  }
}

/** apiserver pkg/cel/library/urls.go. */
export function addUrls(table: FunctionTable): void {
  table.add('string_to_url', 'url(string): kubernetes.URL', (text) => {
    const context = 'URL parse error during conversion from string: ';
    const problem = requestUriProblem(text as string);
    if (problem !== undefined) return new CelError(context + problem);
    const url = parseUrl(text as string);
    return typeof url === 'string' ? new CelError(context + url) : new Url(url);
  });
  const part = (id: string, name: string, read: (url: GoUrl) => Value, type = 'string') =>
    table.add(id, `kubernetes.URL.${name}(): ${type}`, (url) => read((url as Url).url));
  part('url_get_scheme', 'getScheme', (url) => url.scheme);
  part('url_get_host', 'getHost', (url) => url.host);
  part('url_get_hostname', 'getHostname', (url) => hostAndPort(url.host)[0]);
  part('url_get_port', 'getPort', (url) => hostAndPort(url.host)[1]);
  part('url_get_escaped_path', 'getEscapedPath', (url) => url.escapedPath);
  const query = (url: GoUrl) =>
    new Entries([...queryValues(url.query)].map(([key, values]) => [key, new Items(values)] as const));
  part('url_get_query', 'getQuery', query, 'map(string, list(string))');
  table.add(
    'is_url_string',
    'isURL(string): bool',
    (text) => requestUriProblem(text as string) === undefined,
  );
}
