import { TagScanner } from './tag-scanner.ts';
import type { Mark, Token, TokenType } from './token.ts';

interface SimpleKey {
  possible: boolean;
  required: boolean;
  tokenNumber: number;
  mark: Mark;
}

/** A key must end within this many characters (YAML 1.2, section 7.4.2; libyaml enforces it for 1.1 too). */
const maxSimpleKeyLength = 1024;

/**
 * The tokens of one document, exactly as libyaml's scanner (go.yaml.in/yaml/v2 scannerc.go) produces them:
 * the same tokens, the same refusals on the same line.
 */
export class Scanner extends TagScanner {
  private tokens: Token[] = [];
  private head = 0;
  private tokensParsed = 0;
  private available = false;
  private readonly indents: number[] = [];
  private readonly simpleKeys: SimpleKey[];
  private readonly simpleKeysByToken = new Map<number, number>();

  constructor(...args: ConstructorParameters<typeof TagScanner>) {
    super(...args);
    this.simpleKeys = [{ possible: false, required: false, tokenNumber: 0, mark: this.mark() }];
  }

  /** The next token, without taking it. */
  peek(): Token {
    if (!this.available) this.fetchMoreTokens();
    return this.tokens[this.head] as Token;
  }

  /** Takes the token that peek() answered. */
  advance(): void {
    this.available = false;
    this.tokensParsed++;
    this.head++;
    if (this.head === this.tokens.length) {
      this.tokens = [];
      this.head = 0;
    }
  }

  private fetchMoreTokens(): void {
    for (;;) {
      if (this.head !== this.tokens.length) {
        const key = this.simpleKeysByToken.get(this.tokensParsed);
        if (key === undefined || !this.isValid(this.simpleKeys[key] as SimpleKey)) break;
      }
      this.fetchNextToken();
    }
    this.available = true;
  }

  private fetchNextToken(): void {
    this.ensure(1);
    this.scanToNextToken();
    this.unrollIndent(this.column);
    this.ensure(4);
    const b = this.at(0);
    if (b === 0) {
      this.fetchStreamEnd();
      return;
    }
    if (this.column === 0 && b === 0x25) {
      this.fetchDirective();
      return;
    }
    if (this.isDocumentIndicator()) {
      this.resetBlock();
      this.fetchIndicator(b === 0x2d ? 'document-start' : 'document-end', 3);
      return;
    }
    switch (b) {
      case 0x5b: // '['
        this.fetchFlowStart('flow-sequence-start');
        return;
      case 0x7b: // '{'
        this.fetchFlowStart('flow-mapping-start');
        return;
      case 0x5d: // ']'
        this.fetchFlowEnd('flow-sequence-end');
        return;
      case 0x7d: // '}'
        this.fetchFlowEnd('flow-mapping-end');
        return;
      case 0x2c: // ','
        this.removeSimpleKey();
        this.simpleKeyAllowed = true;
        this.fetchIndicator('flow-entry', 1);
        return;
      case 0x2d: // '-'
        if (this.isBlankOrEnd(1)) {
          this.fetchBlockEntry();
          return;
        }
        break;
      case 0x3f: // '?'
        if (this.flowLevel > 0 || this.isBlankOrEnd(1)) {
          this.fetchKey();
          return;
        }
        break;
      case 0x3a: // ':'
        if (this.flowLevel > 0 || this.isBlankOrEnd(1)) {
          this.fetchValue();
          return;
        }
        break;
      case 0x2a: // '*'
        this.fetchSimple(() => this.scanAnchor('alias'));
        return;
      case 0x26: // '&'
        this.fetchSimple(() => this.scanAnchor('anchor'));
        return;
      case 0x21: // '!'
        this.fetchSimple(() => this.scanTag());
        return;
      case 0x7c: // '|'
      case 0x3e: // '>'
        if (this.flowLevel > 0) break;
        this.removeSimpleKey();
        this.simpleKeyAllowed = true;
        this.tokens.push(this.scanBlockScalar(b === 0x7c));
        return;
      case 0x27: // "'"
      case 0x22: // '"'
        this.fetchSimple(() => this.scanQuotedScalar(b === 0x27));
        return;
    }
    if (!this.startsPlainScalar(b)) throw this.fail('found character that cannot start any token');
    this.fetchSimple(() => this.scanPlainScalar());
  }

  private startsPlainScalar(b: number): boolean {
    if (b === 0x2d) return !this.isBlank(1);
    if (b === 0x3f || b === 0x3a) return this.flowLevel === 0;
    // Tab and the indicators # | > % @ ` (a blank or a line break cannot be here).
    return b !== 0x09 && b !== 0x23 && b !== 0x7c && b !== 0x3e && b !== 0x25 && b !== 0x40 && b !== 0x60;
  }

  private scanToNextToken(): void {
    for (;;) {
      while (this.at(0) === 0x20 || ((this.flowLevel > 0 || !this.simpleKeyAllowed) && this.at(0) === 0x09)) {
        this.skip();
      }
      this.skipComment();
      this.ensure(1);
      if (this.breakAt(0) === 0) return;
      this.skipBreak();
      if (this.flowLevel === 0) this.simpleKeyAllowed = true;
    }
  }

  private isValid(key: SimpleKey): boolean {
    if (!key.possible) return false;
    if (key.mark.line < this.line || key.mark.index + maxSimpleKeyLength < this.index) {
      if (key.required) throw this.fail("could not find expected ':'");
      key.possible = false;
      return false;
    }
    return true;
  }

  private nextTokenNumber(): number {
    return this.tokensParsed + (this.tokens.length - this.head);
  }

  private saveSimpleKey(): void {
    if (!this.simpleKeyAllowed) return;
    const required = this.flowLevel === 0 && this.indent === this.column;
    const tokenNumber = this.nextTokenNumber();
    this.removeSimpleKey();
    const level = this.simpleKeys.length - 1;
    this.simpleKeys[level] = { possible: true, required, tokenNumber, mark: this.mark() };
    this.simpleKeysByToken.set(tokenNumber, level);
  }

  private removeSimpleKey(): void {
    const key = this.simpleKeys[this.simpleKeys.length - 1] as SimpleKey;
    if (!key.possible) return;
    if (key.required) throw this.fail("could not find expected ':'");
    key.possible = false;
    this.simpleKeysByToken.delete(key.tokenNumber);
  }

  private rollIndent(column: number, number: number, type: TokenType, mark: Mark): void {
    if (this.flowLevel > 0 || this.indent >= column) return;
    this.indents.push(this.indent);
    this.indent = column;
    this.insert(number, { type, start: mark, end: mark.offset, value: '', suffix: '', plain: false });
  }

  private unrollIndent(column: number): void {
    if (this.flowLevel > 0) return;
    while (this.indent > column) {
      this.push('block-end', this.mark());
      this.indent = this.indents.pop() as number;
    }
  }

  private insert(number: number, token: Token): void {
    if (number < 0) this.tokens.push(token);
    else this.tokens.splice(this.head + number - this.tokensParsed, 0, token);
  }

  private push(type: TokenType, start: Mark): void {
    this.tokens.push({ type, start, end: this.pos, value: '', suffix: '', plain: false });
  }

  private fetchIndicator(type: TokenType, width: number): void {
    const start = this.mark();
    for (let i = 0; i < width; i++) this.skip();
    this.push(type, start);
  }

  private fetchSimple(scan: () => Token): void {
    this.saveSimpleKey();
    this.simpleKeyAllowed = false;
    this.tokens.push(scan());
  }

  private resetBlock(): void {
    this.unrollIndent(-1);
    this.removeSimpleKey();
    this.simpleKeyAllowed = false;
  }

  private fetchStreamEnd(): void {
    if (this.column !== 0) {
      this.column = 0;
      this.line++;
    }
    this.resetBlock();
    this.push('stream-end', this.mark());
  }

  private fetchDirective(): void {
    this.resetBlock();
    this.tokens.push(this.scanDirective());
  }

  private fetchFlowStart(type: TokenType): void {
    this.saveSimpleKey();
    this.simpleKeys.push({
      possible: false,
      required: false,
      tokenNumber: this.nextTokenNumber(),
      mark: this.mark(),
    });
    this.flowLevel++;
    this.simpleKeyAllowed = true;
    this.fetchIndicator(type, 1);
  }

  private fetchFlowEnd(type: TokenType): void {
    this.removeSimpleKey();
    if (this.flowLevel > 0) {
      this.flowLevel--;
      const key = this.simpleKeys.pop() as SimpleKey;
      this.simpleKeysByToken.delete(key.tokenNumber);
    }
    this.simpleKeyAllowed = false;
    this.fetchIndicator(type, 1);
  }

  private fetchBlockEntry(): void {
    if (this.flowLevel === 0) {
      if (!this.simpleKeyAllowed) {
        throw this.fail('block sequence entries are not allowed in this context');
      }
      this.rollIndent(this.column, -1, 'block-sequence-start', this.mark());
    }
    this.removeSimpleKey();
    this.simpleKeyAllowed = true;
    this.fetchIndicator('block-entry', 1);
  }

  private fetchKey(): void {
    if (this.flowLevel === 0) {
      if (!this.simpleKeyAllowed) throw this.fail('mapping keys are not allowed in this context');
      this.rollIndent(this.column, -1, 'block-mapping-start', this.mark());
    }
    this.removeSimpleKey();
    this.simpleKeyAllowed = this.flowLevel === 0;
    this.fetchIndicator('key', 1);
  }

  private fetchValue(): void {
    const key = this.simpleKeys[this.simpleKeys.length - 1] as SimpleKey;
    if (this.isValid(key)) {
      const { mark, tokenNumber } = key;
      const token: Token = {
        type: 'key',
        start: mark,
        end: mark.offset,
        value: '',
        suffix: '',
        plain: false,
      };
      this.insert(tokenNumber, token);
      this.rollIndent(mark.column, tokenNumber, 'block-mapping-start', mark);
      key.possible = false;
      this.simpleKeysByToken.delete(tokenNumber);
      this.simpleKeyAllowed = false;
    } else {
      if (this.flowLevel === 0) {
        if (!this.simpleKeyAllowed) throw this.fail('mapping values are not allowed in this context');
        this.rollIndent(this.column, -1, 'block-mapping-start', this.mark());
      }
      this.simpleKeyAllowed = this.flowLevel === 0;
    }
    this.fetchIndicator('value', 1);
  }
}
