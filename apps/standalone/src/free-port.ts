import { createServer } from 'node:net';

const canListen = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host, port }, () => probe.close(() => resolve(true)));
  });

/** `preferred`, or the next one above it that is free; 0 stays 0 (the system chooses). */
export async function freePortFrom(host: string, preferred: number): Promise<number> {
  if (preferred === 0) return 0;
  for (let port = preferred; port < preferred + 100 && port <= 65_535; port += 1) {
    if (await canListen(host, port)) return port;
  }
  return 0;
}
