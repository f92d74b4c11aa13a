/**
 * What a spreadsheet takes for the beginning of a formula, in the forms of full width too (OWASP, CSV Injection). A cell that begins
 * so gets an apostrophe before it, and so does one that begins with an apostrophe, so that taking one off gives the text back.
 */
const FORMULA = /^['=+\-@\t\r\n＝＋－＠]/;
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$|^'/;

/** One text cell of RFC 4180, which no spreadsheet runs. */
export function csvCell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A line of RFC 4180. Numbers are written as they are, null as an empty cell. */
export function csvLine(values: readonly (string | number | boolean | null)[]): string {
  const cells = values.map((value) => (typeof value === 'string' ? csvCell(value) : String(value ?? '')));
  return `${cells.join(',')}\r\n`;
}
