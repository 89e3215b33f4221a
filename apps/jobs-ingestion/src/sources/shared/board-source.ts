import { fetchJson, pageWithout, unusable } from './fetch-json.js';
import { type Origin, type PostingDraft, readItems } from './posting-draft.js';
import type { FetchContext, JobSource, SourcePage } from '../source.port.js';

/** A company's board in a hiring system: its token in addresses, and the employer's name where the answer lacks it. */
export interface Board {
  token: string;
  company: string;
}

/** `token` or `token=Company Name`, as the settings list boards. */
export function boardOf(entry: string): Board {
  const [token = '', name] = entry.split('=', 2);
  const shown = token.replace(/^eu:/, '').replace(/[-_.]+/g, ' ');
  return {
    token: token.trim(),
    company: name?.trim() || shown.replace(/\b\p{Ll}/gu, (letter) => letter.toUpperCase()).trim(),
  };
}

export interface BoardSourceOptions {
  name: string;
  displayName: string;
  attribution: JobSource['attribution'];
  boards: readonly string[];
  setting: string;
  pace: JobSource['pace'];
  urlOf(board: Board): string;
  /** The list of jobs inside an answer; null when the answer is not what the system documents. */
  itemsOf(body: unknown): readonly unknown[] | null;
  map(item: unknown, board: Board): PostingDraft | string | null;
}

const SIX_HOURS_MS = 6 * 3_600_000;

/** Boards answer with everything at once, so there is one request per board and it can be conditional. */
export function boardSource(options: BoardSourceOptions): JobSource {
  const { name, displayName, attribution, pace, setting } = options;
  return {
    name,
    displayName,
    kind: 'board',
    attribution,
    minIntervalMs: SIX_HOURS_MS,
    pace,
    unavailableReason: options.boards.length === 0 ? `No boards: list them in ${setting}.` : null,
    fetch: (context) => fetchBoards(options, context),
  };
}

async function* fetchBoards(options: BoardSourceOptions, context: FetchContext): AsyncGenerator<SourcePage> {
  const origin = { source: options.name, attribution: options.attribution, now: context.now };
  let left = context.limit;
  for (const entry of context.boards ?? options.boards) {
    if (left <= 0 || context.signal.aborted) return;
    const page = await fetchBoard(options, boardOf(entry), context, origin, left);
    left -= page.postings.length;
    yield page;
  }
}

async function fetchBoard(
  options: BoardSourceOptions,
  board: Board,
  context: FetchContext,
  origin: Origin,
  limit: number,
): Promise<SourcePage> {
  const { token } = board;
  const answer = await fetchJson({ source: options.name, url: options.urlOf(board), context, conditional: true });
  if (answer.outcome.kind !== 'ok') return pageWithout(token, token, answer.outcome);
  if (!('body' in answer)) return pageWithout(token, token, unusable('no body'));
  const items = options.itemsOf(answer.body);
  if (items === null) return pageWithout(token, token, unusable('the answer has no list of jobs'));
  const { postings, rejected } = readItems(items, (item) => options.map(item, board), origin);
  const isCut = postings.length > limit;
  return {
    part: token,
    // A board that was cut must not close what lies behind the cut.
    board: isCut ? null : token,
    outcome: { kind: 'ok' },
    postings: isCut ? postings.slice(0, limit) : postings,
    rejected,
    validators: isCut ? null : answer.validators,
  };
}
