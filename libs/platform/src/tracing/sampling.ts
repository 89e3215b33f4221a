/**
 * While spans are exported: how much of what comes from outside is recorded. A quiet installation sees every request, a
 * busy one pays for a share of them.
 */
interface Share {
  ratio: number;
  perSecond: number;
}

let share: Share | undefined;
let second = { number: -1, taken: 0 };

export function recordShare(recorded: Share | undefined): void {
  share = recorded;
  second = { number: -1, taken: 0 };
}

function isAmongFirst(perSecond: number): boolean {
  const number = Math.floor(performance.now() / 1000);
  if (number !== second.number) second = { number, taken: 0 };
  if (second.taken >= perSecond) return false;
  second.taken += 1;
  return true;
}

/** Whether what happens in this trace is recorded: chosen where it came in, and exported here. */
export const isRecorded = (traceparent: string | undefined): boolean =>
  share !== undefined && traceparent !== undefined && (Number.parseInt(traceparent.slice(FLAGS_AT), 16) & 1) === 1;

/**
 * What a request from outside takes along: its trace goes on, but whether it is recorded is for us to say, once for its
 * whole way. (A client that could choose would choose what we pay for.)
 */
export function admitTrace(traceparent: string | undefined): { isChosen: boolean; traceparent: string | undefined } {
  if (share === undefined) return { isChosen: false, traceparent };
  const { ratio, perSecond } = share;
  if (traceparent === undefined) return { isChosen: isAmongFirst(perSecond) || Math.random() < ratio, traceparent };
  const isChosen = isTraceChosen(traceparent.slice(3, 35), ratio) || isAmongFirst(perSecond);
  return { isChosen, traceparent: `${traceparent.slice(0, FLAGS_AT)}${isChosen ? '01' : '00'}` };
}

/** By the id: the requests of one trace share its fate. */
export const isTraceChosen = (traceId: string, ratio: number): boolean =>
  Number.parseInt(traceId.slice(-8), 16) < ratio * 0x1_0000_0000;

/** `00-<32 hex>-<16 hex>-<2 hex>` */
const FLAGS_AT = 53;
