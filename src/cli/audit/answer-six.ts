import type { CliWords } from '../../locales/cli.en.ts';
import type { SixAnswers } from '../../records/questions/story.ts';
import { SIX, type SixQuestion, type Unknown } from '../../records/questions/unknown.ts';
import { timeText } from '../../records/time-text.ts';
import { foreign, type Line, line, type Section } from './answer-document.ts';
import { chainLines, groundsLines, originLines } from './answer-parts.ts';

type Words = CliWords['records'];

/** The six questions, each with what is known and what is not, and why not. */
export function sixLines(words: Words, six: SixAnswers, unknown: readonly Unknown[]): Section[] {
  return SIX.map((question) => {
    const reasons = unknown
      .filter((each) => each.question === question)
      .map(({ reason }) => words.unknown[reason]);
    const known = knownLines(words, six, question);
    return {
      heading: words.six[question],
      lines: [...known, ...(reasons.length === 0 ? [] : [line(words.notKnown({ reasons }))])],
    };
  });
}

function knownLines(words: Words, six: SixAnswers, question: SixQuestion): Line[] {
  switch (question) {
    case 'who':
      return six.who.map(({ of: { user, impersonated }, times }) => {
        const what =
          user === ''
            ? words.someone
            : words.actor({ user: foreign(user), impersonated: foreign(impersonated) });
        return line(words.tally({ what, times }));
      });
    case 'what':
      return six.what.map(({ of: { verb, resource, subresource, outcome }, times }) => {
        const type = subresource === '' ? resource : `${resource}/${subresource}`;
        const ended = words.outcome({ outcome, by: '', code: '' });
        const what = `${foreign(`${verb} ${type}`.trim())}${ended === '' ? '' : ` – ${ended}`}`;
        return line(words.tally({ what, times }));
      });
    case 'when':
      return six.when === undefined
        ? []
        : [line(words.when({ first: timeText(six.when.first), last: timeText(six.when.last) }))];
    case 'where':
      return originLines(words, six.where);
    case 'why':
      return six.why
        .filter(({ said }) => said !== undefined)
        .flatMap((grounds) => groundsLines(words, grounds));
    case 'how':
      return six.how.links.length === 0 ? [] : chainLines(words, six.how);
  }
}
