/** While spans are exported: the share of the requests from outside that is recorded. */
let share: number | undefined;

export function recordShare(ratio: number | undefined): void {
  share = ratio;
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
  if (traceparent === undefined) return { isChosen: Math.random() < share, traceparent };
  const isChosen = isTraceChosen(traceparent.slice(3, 35), share);
  return { isChosen, traceparent: `${traceparent.slice(0, FLAGS_AT)}${isChosen ? '01' : '00'}` };
}

/** By the id, so that every gateway chooses the same. */
export const isTraceChosen = (traceId: string, ratio: number): boolean =>
  Number.parseInt(traceId.slice(-8), 16) < ratio * 0x1_0000_0000;

/** `00-<32 hex>-<16 hex>-<2 hex>` */
const FLAGS_AT = 53;
