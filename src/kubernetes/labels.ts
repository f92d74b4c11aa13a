import { utf8Length } from './utf8.ts';

const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const NAME_RULE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end " +
  "with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
  "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
  "with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LONGEST = 63;
const LONGEST_SUBDOMAIN = 253;

/** What is wrong with a label or annotation key, in upstream's words; empty where it is valid. Source: content.IsLabelKey. */
export function labelKeyProblems(key: string): string[] {
  const parts = key.split('/');
  if (parts.length > 2) {
    return [
      `a valid label key ${NAME_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) ?? '';
  const problems: string[] = [];
  const prefix = parts.length === 2 ? parts[0]! : undefined;
  if (prefix === '') problems.push('prefix part must be non-empty');
  else if (prefix !== undefined) {
    if (tooLong(prefix, LONGEST_SUBDOMAIN))
      problems.push(`prefix part must be no more than ${LONGEST_SUBDOMAIN} bytes`);
    if (!SUBDOMAIN.test(prefix)) problems.push(`prefix part ${SUBDOMAIN_RULE}`);
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (tooLong(name, LONGEST)) problems.push(`name part must be no more than ${LONGEST} bytes`);
  if (!NAME.test(name)) problems.push(`name part ${NAME_RULE}`);
  return problems;
}

/** What is wrong with a label value, in upstream's words; empty where it is valid. Source: content.IsLabelValue. */
export function labelValueProblems(value: string): string[] {
  const problems: string[] = [];
  if (tooLong(value, LONGEST)) problems.push(`must be no more than ${LONGEST} bytes`);
  if (!VALUE.test(value)) problems.push(VALUE_RULE);
  return problems;
}

/** What is wrong with a DNS subdomain, in upstream's words; empty where it is valid. Source: validation.IsDNS1123Subdomain. */
export function subdomainProblems(text: string): string[] {
  const problems: string[] = [];
  if (tooLong(text, LONGEST_SUBDOMAIN)) problems.push(`must be no more than ${LONGEST_SUBDOMAIN} characters`);
  if (!SUBDOMAIN.test(text)) problems.push(SUBDOMAIN_RULE);
  return problems;
}

function tooLong(text: string, bytes: number): boolean {
  return text.length * 3 > bytes && utf8Length(text) > bytes;
}
