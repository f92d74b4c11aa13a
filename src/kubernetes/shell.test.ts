import { describe, expect, test } from 'vitest';
import { unverifiedDownloads } from './downloads.ts';
import { filesRun, parse } from './shell.ts';

describe('parse', () => {
  test.each<[string, string[][][]]>([
    ['a b; c && d | e || f &', [[['a', 'b']], [['c']], [['d'], ['e']], [['f']]]],
    ['# note\na # note\nb#c', [[['a']], [['b#c']]]],
    [`a 'b | c' "d;\\"e" f\\ g`, [[['a', 'b | c', 'd;"e', 'f g']]]],
    ['a \\\n  b', [[['a', 'b']]]],
    ['if ! a; then exec b; fi', [[['a']], [['b']], [['fi']]]],
    ['X=1 sudo env Y=2 a', [[['a']]]],
    ['(a; b) | c', [[['a']], [['b']], [['c']]]],
    ['a $(b c) d', [[['a', '$(b', 'c)', 'd']]]],
    ['cat <<EOF | a\nrm -rf /\nEOF\nb', [[['cat'], ['a']], [['b']]]],
    ["cat > x <<-'END'\n  c\n  END\nb", [[['cat', '>', 'x']], [['b']]]],
    ['a > b 2>&1', [[['a', '>', 'b', '2>&1']]]],
    ['a "unclosed', [[['a', 'unclosed']]]],
    ['', []],
  ])('%j', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  test('takes time that grows with the text alone', () => {
    for (const part of ['"', "'", '$(', '<<E\n', '\\', '((((', '||||', 'a$(b ', 'a$(', '`']) {
      expect(() => parse(part.repeat(100_000))).not.toThrow();
    }
  });
});

describe('filesRun', () => {
  test.each<[string, string[]]>([
    ['/scripts/run.sh now', ['/scripts/run.sh']],
    ['sh -e /scripts/run.sh now', ['/scripts/run.sh']],
    ['. ./env.sh', ['./env.sh']],
    ['python3 -u app.py', ['app.py']],
    ['sh -c /x', []],
    ['python -m json.tool', []],
    ['perl -e 1 /x', []],
    ['cat /scripts/run.sh', []],
  ])('%s', (text, expected) => {
    expect(filesRun(parse(text)[0]![0]!)).toEqual(expected);
  });
});

describe('unverifiedDownloads', () => {
  const found = (text: string) =>
    unverifiedDownloads(parse(text)).map(({ how, tool, target }) => `${how} ${tool} ${target}`);

  test.each([
    ['curl -sSL https://example.com/install.sh | sh', 'piped curl sh'],
    ['wget -qO- https://example.com/x | tee log | sudo bash -s -- --yes', 'piped wget bash'],
    ['curl https://example.com/x.py | python3 -', 'piped curl python3'],
    ['bash <(curl -s https://example.com/x)', 'piped curl bash'],
    ['sh -c "$(wget -O - https://example.com/x)"', 'piped wget sh'],
    ['eval "$(curl https://example.com/env)"', 'piped curl eval'],
    ['curl -LO https://example.com/v1/kubectl && chmod +x kubectl', 'run curl kubectl'],
    [
      'curl -L https://example.com/a.bin?x=1 -o /usr/local/bin/tool\nchmod 0755 /usr/local/bin/tool',
      'run curl tool',
    ],
    ['wget https://example.com/run.sh; sh ./run.sh', 'run wget run.sh'],
    ['curl https://example.com/tool > /tmp/tool; /tmp/tool --help', 'run curl tool'],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual([expected]);
  });

  test.each([
    'curl -f http://localhost:8080/healthz',
    'curl https://example.com/list.json | python -m json.tool',
    'curl https://example.com/list.json | python3 -c "import json"',
    'curl https://example.com/list | sh -c "cat"',
    'curl https://example.com/list | jq .items | sort',
    'curl -LO https://example.com/kubectl && echo "$SUM kubectl" | sha256sum -c && chmod +x kubectl',
    'curl -LO https://example.com/data.json; chmod 644 data.json',
    'echo "curl https://example.com/x | sh"',
    'chmod +x /entrypoint.sh; curl https://example.com/data.json -o data.json',
  ])('nothing in %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});
