import { utf8Length } from '../../../kubernetes/go-text.ts';
import type { FunctionTable } from '../declarations.ts';
import { parseTimestamp } from '../time.ts';
import { Items, NO_SUCH_OVERLOAD, NONE, OpaqueValue, Optional, type Result } from '../value.ts';
import { requestUriProblem } from './go-url.ts';

type Validate = (text: string) => string[];

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;
const CLOCK = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$/;
const LONGEST_LABEL = 63;
const LONGEST_SUBDOMAIN = 253;

function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}

const matchesSubdomain = whole(SUBDOMAIN);
const matchesLabel = whole(LABEL);
const matchesLabel1035 = whole(LABEL_1035);
const matchesKey = whole(KEY);

function tooLong(length: number): string {
  return `must be no more than ${length} characters`;
}

/** apimachinery util/validation, RegexError. */
function mismatch(message: string, pattern: string, ...examples: string[]): string {
  const shown = examples
    .map((example) => `'${example}', `)
    .join('or ')
    .replaceAll(', or ', ',  or ');
  return `${message} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

const LABEL_MESSAGE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const SUBDOMAIN_MESSAGE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const LABEL_1035_MESSAGE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const KEY_MESSAGE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const VALUE_MESSAGE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

function isLabel(text: string): string[] {
  const problems = utf8Length(text) > LONGEST_LABEL ? [tooLong(LONGEST_LABEL)] : [];
  if (matchesLabel.test(text)) return problems;
  const dotted = matchesSubdomain.test(text);
  return [
    ...problems,
    dotted ? 'must not contain dots' : mismatch(LABEL_MESSAGE, LABEL, 'my-name', '123-abc'),
  ];
}

function isSubdomain(text: string): string[] {
  const problems = utf8Length(text) > LONGEST_SUBDOMAIN ? [tooLong(LONGEST_SUBDOMAIN)] : [];
  if (!matchesSubdomain.test(text)) problems.push(mismatch(SUBDOMAIN_MESSAGE, SUBDOMAIN, 'example.com'));
  return problems;
}

function isLabel1035(text: string): string[] {
  const problems = utf8Length(text) > LONGEST_LABEL ? [tooLong(LONGEST_LABEL)] : [];
  if (!matchesLabel1035.test(text))
    problems.push(mismatch(LABEL_1035_MESSAGE, LABEL_1035, 'my-name', 'abc-123'));
  return problems;
}

function isQualifiedName(text: string): string[] {
  const parts = text.split('/');
  const keyProblem = mismatch(KEY_MESSAGE, KEY, 'MyName', 'my.name', '123-abc');
  if (parts.length > 2)
    return [
      `a valid label key ${keyProblem} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const problems: string[] = [];
  const name = parts.at(-1)!;
  const prefix = parts.length === 2 ? parts[0]! : undefined;
  if (prefix === '') problems.push('prefix part must be non-empty');
  else if (prefix !== undefined)
    problems.push(...isSubdomain(prefix).map((problem) => `prefix part ${problem}`));
  if (name === '') problems.push('name part must be non-empty');
  else if (utf8Length(name) > LONGEST_LABEL) problems.push(`name part ${tooLong(LONGEST_LABEL)}`);
  if (!matchesKey.test(name)) problems.push(`name part ${keyProblem}`);
  return problems;
}

function isLabelValue(text: string): string[] {
  const problems = utf8Length(text) > LONGEST_LABEL ? [tooLong(LONGEST_LABEL)] : [];
  if (text !== '' && !matchesKey.test(text))
    problems.push(mismatch(VALUE_MESSAGE, `(${KEY})?`, 'MyValue', 'my_value', '12345'));
  return problems;
}

/** A name that more is appended to may end in a dash (apimachinery api/validation, maskTrailingDash). */
function asPrefix(validate: Validate): Validate {
  return (text) => validate(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text);
}

function must(holds: (text: string) => boolean, problem: string): Validate {
  return (text) => (holds(text) ? [] : [problem]);
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && parseTimestamp(`${text}T00:00:00Z`) !== undefined;
}

function isDateTime(text: string): boolean {
  const [date, clock] = text.toLowerCase().split('t');
  if (clock === undefined || !isDate(date!)) return false;
  const parts = CLOCK.exec(clock);
  return parts !== null && parts[1]! <= '23' && parts[2]! <= '59' && parts[3]! <= '59';
}

/** Name in Go, the length that the cost counts the pattern with, and the check. */
const FORMATS: ReadonlyMap<string, readonly [name: string, size: number, validate: Validate]> = new Map([
  ['dns1123Label', ['DNS1123Label', 30, isLabel]],
  ['dns1123Subdomain', ['DNS1123Subdomain', 60, isSubdomain]],
  ['dns1035Label', ['DNS1035Label', 30, isLabel1035]],
  ['qualifiedName', ['QualifiedName', 60, isQualifiedName]],
  ['dns1123LabelPrefix', ['DNS1123LabelPrefix', 30, asPrefix(isLabel)]],
  ['dns1123SubdomainPrefix', ['DNS1123SubdomainPrefix', 60, asPrefix(isSubdomain)]],
  ['dns1035LabelPrefix', ['DNS1035LabelPrefix', 30, asPrefix(isLabel1035)]],
  ['labelValue', ['LabelValue', 40, isLabelValue]],
  ['uri', ['URI', 1103, (text: string) => [requestUriProblem(text) ?? []].flat()]],
  ['uuid', ['uuid', 70, must((text) => UUID.test(text), 'does not match the UUID format')]],
  ['byte', ['byte', 84, must((text) => BASE64.test(text), 'invalid base64')]],
  ['date', ['date', 71, must(isDate, 'invalid date')]],
  ['datetime', ['datetime', 71, must(isDateTime, 'invalid datetime')]],
]);

class NamedFormat extends OpaqueValue {
  readonly typeName = 'kubernetes.NamedFormat';
  readonly name: string;
  readonly validate: Validate;
  override readonly patternSize: number;

  constructor([name, patternSize, validate]: readonly [string, number, Validate]) {
    super();
    this.name = name;
    this.validate = validate;
    this.patternSize = patternSize;
  }

  override equals(other: OpaqueValue): Result {
    return other instanceof NamedFormat ? other.name === this.name : NO_SUCH_OVERLOAD;
  }
}

/** apiserver pkg/cel/library/format.go. */
export function addFormats(table: FunctionTable): void {
  const type = 'kubernetes.NamedFormat';
  table.add('format-validate', `${type}.validate(string): optional(list(string))`, (format, text) => {
    const problems = (format as NamedFormat).validate(text as string);
    return problems.length === 0 ? NONE : new Optional(new Items(problems));
  });
  table.addQualified('format-named', 'format.named', 'string', `optional(${type})`, (name) => {
    const found = FORMATS.get(name as string);
    return found === undefined ? NONE : new Optional(new NamedFormat(found));
  });
  for (const [name, format] of FORMATS) {
    const value = new NamedFormat(format);
    table.addQualified(`format.${name}`, `format.${name}`, '', type, () => value);
  }
}
