import type { CliWords } from '../../locales/cli.en.ts';
import type { Completeness, Reason } from '../../records/completeness/index.ts';
import type { Refusal } from '../../records/decoded.ts';
import { timeText } from '../../records/time-text.ts';
import { foreign, type Line, line, type Section, terminalDocument } from './answer-document.ts';

/** The verdict, and below it what speaks against it: what is missing first. */
export function completenessText(words: CliWords, { verdict, period, reasons }: Completeness): string {
  const { completeness } = words;
  const judged = completeness.judged({ verdict: completeness.verdict[verdict], ...spanOf(period ?? {}) });
  const sections = (['loss', 'doubt', 'note'] as const).map((means): Section => {
    const own = reasons.filter((reason) => reason.means === means);
    return { heading: completeness.means[means], lines: own.map((reason) => reasonLine(words, reason)) };
  });
  return terminalDocument([
    { heading: judged, lines: [] },
    ...sections.filter(({ lines }) => lines.length > 0),
  ]);
}

function spanOf({ from, to }: { readonly from?: number; readonly to?: number }) {
  return { from: from === undefined ? '' : timeText(from), to: to === undefined ? '' : timeText(to) };
}

function reasonLine(words: CliWords, reason: Reason): Line {
  return line(reasonText(words, reason));
}

/** More seconds than any traffic is apart: what says so is that there is too little of it. */
const TOO_FEW = 1e9;

function reasonText(words: CliWords, reason: Reason): string {
  const said = words.completeness.reason;
  const { details = {}, count = 0 } = reason;
  const text = (name: string) => foreign(String(details[name] ?? ''));
  const number = (name: string) => Number(details[name] ?? 0);
  const span = spanOf(reason);
  const at = span.from;
  const cluster = foreign(reason.cluster ?? '');
  const inlet = foreign(reason.inlet ?? '');
  switch (reason.id) {
    case 'no-audit-events':
      return said.noAuditEvents();
    case 'begins-later':
      return said.beginsLater(span);
    case 'ends-earlier':
      return said.endsEarlier(span);
    case 'no-counters':
      return said.noCounters(span);
    case 'counters-of-some-servers':
      return said.countersOfSomeServers({ count });
    case 'counters-began-anew':
      return said.countersBeganAnew({ instance: text('instance'), ...span });
    case 'dropped-by-api-server':
      return said.dropped({ instance: text('instance'), plugin: text('plugin'), count, ...span });
    case 'requests-rejected':
      return said.requestsRejected({ instance: text('instance'), count, ...span });
    case 'fewer-than-counted':
      return said.fewerThanCounted({ count, counted: number('counted'), held: number('held'), ...span });
    case 'gap':
      return said.gap({ cluster, inlet, usual: number('usual'), count, ...span });
    case 'irregular-traffic': {
      const seconds = number('seconds');
      return said.irregularTraffic({ cluster, inlet, seconds: seconds > TOO_FEW ? undefined : seconds });
    }
    case 'api-server-down':
      return said.apiServerDown({ cluster, inlet, count, ...span });
    case 'api-server-started':
      return said.apiServerStarted({ cluster, at });
    case 'api-servers':
      return said.apiServers({ cluster, count });
    case 'collector-down':
      return said.collectorDown(span);
    case 'collector-crashed':
      return said.collectorCrashed(span);
    case 'lost-by-rotation':
      return said.lostByRotation({ inlet, at, message: text('message') });
    case 'unreadable-file':
      return said.unreadableFile({ inlet, at, message: text('message') });
    case 'store-damaged':
      return said.storeDamaged({ part: text('part'), reason: text('reason'), count, ...span });
    case 'refused':
      return said.refused({ count, reason: refusalText(words, String(details['reason'])) });
    case 'requests-without-end':
      return said.requestsWithoutEnd({ cluster, stage: text('stage'), count, ...span });
    case 'truncated-events':
      return said.truncatedEvents({ cluster, count });
    case 'audit-ids-reused':
      return said.auditIdsReused({ id: text('audit_id'), stage: text('stage'), count });
    case 'not-audited':
    case 'audit-level-too-low': {
      const need = needText(words, String(details['need']));
      const about = { need, resource: text('resource'), verbs: text('verbs'), rule: text('rule') };
      return reason.id === 'not-audited'
        ? said.notAudited(about)
        : said.levelTooLow({ ...about, level: text('level'), needed: text('needed') });
    }
  }
}

function refusalText({ completeness }: CliWords, reason: string): string {
  const texts: Readonly<Record<Refusal, string>> = completeness.refusal;
  return texts[reason as Refusal] ?? reason;
}

function needText({ audit }: CliWords, need: string): string {
  const texts: Readonly<Record<string, string>> = audit.need;
  return texts[need] ?? need;
}
