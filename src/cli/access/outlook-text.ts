import { compareText } from '../../assessment/order.ts';
import type { HeldEffect, Outlook } from '../../engines/authorization/index.ts';
import type { Context } from '../context.ts';
import {
  escalationJson,
  escalationLines,
  type PathPlaces,
  vertexJson,
  vertexText,
} from './escalation-text.ts';
import { referenceName, subjectName } from './text.ts';

/** How many identities are named on a terminal. */
const NAMED = 20;

/** Everything about one subject: paths, whom it can become, what else it can do. */
export function outlookLines(context: Context, outlook: Outlook, places: PathPlaces): string[] {
  const text = context.words.escalation;
  const subject = subjectName(outlook.subject);
  if (outlook.holdsClusterAdmin) return [text.holds({ subject })];
  const lines = escalationLines(context, outlook, places).slice(1);
  if (!outlook.isKnown) lines.unshift(text.unknownSubject({ subject }), ...(lines.length > 0 ? [''] : []));
  else if (lines.length === 0) lines.push(text.nobodyTo({ subject }));
  const names = outlook.becomes.map((vertex) => vertexText(context, vertex)).sort(compareText);
  lines.push('', text.canBecome({ count: names.length }));
  lines.push(...names.slice(0, NAMED).map((name) => `  ${name}`));
  if (names.length > NAMED) lines.push(`  ${text.andMore({ count: names.length - NAMED })}`);
  if (outlook.effects.length > 0) {
    const powers = outlook.effects.map((effect) => effectLine(context, effect, places));
    lines.push('', text.otherPowers, ...new Set(powers));
  }
  return lines;
}

function effectLine({ words }: Context, { power, effect, held }: HeldEffect, places: PathPlaces): string {
  const text = words.escalation;
  const where =
    held.namespace === undefined ? text.everywhere : text.inNamespace({ namespace: held.namespace });
  const names = held.names === undefined ? '' : text.named({ names: held.names });
  const by = places
    .of(held.because)
    .map(({ binding, role }) => `${referenceName(binding)} → ${referenceName(role)}`);
  const what = text.otherPower({
    effect: text.effect[effect],
    way: text.way[power],
    where: `${where}${names}`,
  });
  return `  ${what}  ${[...new Set(by)].join(', ')}`;
}

export function outlookJson(outlook: Outlook, places: PathPlaces) {
  return {
    known: outlook.isKnown,
    ...escalationJson(outlook, places),
    becomes: outlook.becomes.map(vertexJson),
    effects: outlook.effects.map(({ power, effect, held }) => ({
      power,
      effect,
      namespace: held.namespace ?? null,
      names: held.names ?? [],
      via: places.of(held.because),
    })),
  };
}
