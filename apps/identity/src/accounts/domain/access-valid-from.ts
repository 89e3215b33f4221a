/**
 * From when a change of access counts. A token may have been issued in this very millisecond, with the rights of
 * before. It grows with every change of an account, whatever the clock does in between: readers of the event tell by it
 * which of two changes is the newer one.
 */
export function accessValidFrom(now: Date, previous: Date | null): Date {
  return new Date(Math.max(now.getTime(), previous?.getTime() ?? 0) + 1);
}
