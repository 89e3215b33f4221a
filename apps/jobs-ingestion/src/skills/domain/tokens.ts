import { isWordCharacter } from '../../normalise/domain/word-characters.js';

/** Words of a folded text by their offsets; a word is cut out only when somebody asks for it. */
export class Tokens {
  private readonly bounds: number[] = [];

  /** `known`: spellings with a point, slash or hyphen that are one word ("ci/cd", "node.js", "scikit-learn"). */
  constructor(
    readonly folded: string,
    private readonly known: ReadonlySet<string>,
  ) {
    for (let index = 0; index < folded.length;) index = this.readAt(index);
  }

  get length(): number {
    return this.bounds.length / 2;
  }

  start(index: number): number {
    return this.bounds[index * 2] ?? this.folded.length;
  }

  end(index: number): number {
    return this.bounds[index * 2 + 1] ?? this.folded.length;
  }

  /** Empty beyond either end. */
  word(index: number): string {
    return this.folded.slice(this.start(index), this.end(index));
  }

  isAt(index: number, word: string): boolean {
    const start = this.start(index);
    return this.end(index) - start === word.length && this.folded.startsWith(word, start);
  }

  /** Keeps what makes c++, c#, .net, node.js, a/b and scikit-learn words; trailing points are left out. */
  private readAt(from: number): number {
    const { folded } = this;
    const isWord = (index: number): boolean => isWordCharacter(folded.charCodeAt(index));
    const first = folded.charCodeAt(from);
    const isPointed = first === POINT && isWord(from + 1);
    if (!isPointed && !isWordCharacter(first)) return from + 1;
    let isJoined = isPointed;
    let end = from + 1;
    for (; end < folded.length; end++) {
      const code = folded.charCodeAt(end);
      if (isWordCharacter(code) || code === PLUS || code === HASH) continue;
      if (!isJoint(code) || !isWord(end + 1)) break;
      isJoined = true;
    }
    if (!isJoined || this.known.has(folded.slice(from, end))) this.bounds.push(from, end);
    else this.pushParts(from, end);
    return end;
  }

  /** "python/django" and "python-based" are two words each. */
  private pushParts(from: number, end: number): void {
    let start = from;
    for (let index = from + 1; index < end; index++) {
      if (!isJoint(this.folded.charCodeAt(index))) continue;
      this.bounds.push(start, index);
      start = index + 1;
    }
    this.bounds.push(start, end);
  }
}

const [POINT, PLUS, HASH, SLASH, HYPHEN] = [0x2e, 0x2b, 0x23, 0x2f, 0x2d];
const isJoint = (code: number): boolean => code === POINT || code === SLASH || code === HYPHEN;
