import { asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import { type Context, say } from '../context.ts';
import type { NetworkSource } from './source.ts';

/** Of many policies with the same trouble, so many are named. */
const NAMED = 20;

/** Names what was left out or is not evaluated; true where nothing was. */
export async function tellProblems(context: Context, source: NetworkSource): Promise<boolean> {
  const { words } = context;
  const { evidence } = source;
  const { problems, opaque } = source.network;
  const named = problems.slice(0, NAMED);
  await source.places.know(named.map(({ object, path }) => ({ raw: object, path })));
  for (const { object, path, value, isReadAsMeant } of named) {
    const place = source.places.text(object, path);
    const policy = policyName(object);
    const { refused, readAsMeant } = words.network;
    say(
      context,
      isReadAsMeant ? readAsMeant({ policy, path, place }) : refused({ policy, path, value, place }),
    );
  }
  for (const { kind, namespace, name } of opaque.slice(0, NAMED)) {
    say(
      context,
      words.network.opaque({ policy: `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}` }),
    );
  }
  const more = Math.max(0, problems.length - NAMED) + Math.max(0, opaque.length - NAMED);
  if (more > 0) say(context, words.collect.more({ count: more }));
  const unread = evidence.unread
    .slice(0, NAMED)
    .map(({ file, line }) => `${file}${line === undefined ? '' : `:${line}`}`);
  if (unread.length > 0) {
    const { length: count } = evidence.unread;
    say(context, words.warning.notRead({ count, places: unread.join(', '), more: count > NAMED }));
  }
  return problems.length === 0 && opaque.length === 0 && evidence.unread.length === 0;
}

export function policyName(object: JsonObject): string {
  const metadata = asObject(object['metadata']);
  const kind = asString(object['kind']) ?? '';
  const namespace = kind === 'NetworkPolicy' ? asString(metadata?.['namespace']) || 'default' : undefined;
  const name = asString(metadata?.['name']) ?? '';
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
