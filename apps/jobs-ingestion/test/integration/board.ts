import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A job board that answers like Arbeitnow what a test gives it. */
export class Board {
  answer: Answer = (_request, response) => response.end();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Board> {
    const server = createServer((request, response) => {
      board.answer(request, response);
    });
    const board = new Board(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return board;
  }

  pages(...all: object[][]): void {
    this.answer = (request, response) => {
      const page = Number(new URL(request.url ?? '/', 'http://board').searchParams.get('page'));
      const next = page < all.length ? `?page=${page + 1}` : null;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ data: all[page - 1] ?? [], links: { next } }));
    };
  }

  settings(): Record<string, string> {
    const { port } = this.server.address() as AddressInfo;
    return { ARBEITNOW_ENABLED: 'true', ARBEITNOW_BASE_URL: `http://127.0.0.1:${port}` };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export const item = (slug: string, changes: Record<string, unknown> = {}) => ({
  slug,
  company_name: `${slug} Werke GmbH`,
  title: `${slug} Engineer`,
  description: `<p>You look after the ${slug} systems of a company that makes ${slug} things.</p>`,
  remote: false,
  url: `https://jobs.example/${slug}`,
  tags: [],
  job_types: ['full time'],
  location: 'Berlin',
  created_at: Math.floor(Date.now() / 1000) - 3600,
  ...changes,
});
