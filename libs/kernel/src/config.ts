/**
 * `FAULT=relay.after_publish_before_ack:3` for the chaos rig. Read here once, and never in production, so that no
 * variable set by mistake can make a live process kill itself.
 */
export const faultSpec: string | undefined = process.env.NODE_ENV === 'production' ? undefined : process.env.FAULT;

/** File that gets a line `<point> <pid>` right before the armed kill: proof for the rig that it fell there. */
export const faultLog: string | undefined = process.env.FAULT_LOG;
