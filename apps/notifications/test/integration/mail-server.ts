import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';

export interface ReceivedMail {
  mail: Email;
  recipients: string[];
  secure: boolean;
  user: string | undefined;
}

/** What the server answers instead of taking a mail. */
export interface Refusal {
  at: 'rcpt' | 'data';
  code: number;
}

/** A real SMTP server. What it took is in `received`; `refuse` makes it say no, `hold` makes it take its time. */
export class MailServer {
  readonly received: ReceivedMail[] = [];
  readonly certificate = makeCertificate();
  refuse: Refusal | undefined;
  /** Runs when the data is there and nothing was answered yet. */
  hold: (() => Promise<void>) | undefined;
  connections = 0;
  private readonly server: SMTPServer;

  constructor(options: SMTPServerOptions = {}) {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      logger: false,
      key: this.certificate.key,
      cert: this.certificate.cert,
      onConnect: (_session, done) => {
        this.connections += 1;
        done();
      },
      onRcptTo: (_address, _session, done) => done(this.refusalAt('rcpt')),
      onData: (stream, session, done) => {
        this.read(stream, session).then(
          () => done(),
          (error: unknown) => done(error instanceof Error ? error : new Error('reading failed', { cause: error })),
        );
      },
      ...options,
    });
    this.server.on('error', () => undefined);
  }

  async start(): Promise<number> {
    const server = this.server.listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    return (server.address() as AddressInfo).port;
  }

  /** Mails of one delivery, by its Message-ID. */
  of(deliveryId: string): ReceivedMail[] {
    return this.received.filter(({ mail }) => mail.messageId?.startsWith(`<${deliveryId}@`) === true);
  }

  stop(): Promise<void> {
    return new Promise((closed) => this.server.close(() => closed()));
  }

  private async read(stream: AsyncIterable<Buffer>, session: SMTPServerSession): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part);
    await this.hold?.();
    const refusal = this.refusalAt('data');
    if (refusal !== undefined) throw refusal;
    this.received.push({
      mail: await PostalMime.parse(Buffer.concat(parts)),
      recipients: session.envelope.rcptTo.map(({ address }) => address),
      secure: session.secure,
      user: typeof session.user === 'string' ? session.user : undefined,
    });
  }

  private refusalAt(at: Refusal['at']): Error | undefined {
    if (this.refuse?.at !== at) return undefined;
    return Object.assign(new Error('no, ada@example.com'), { responseCode: this.refuse.code });
  }
}

/** For `localhost`, signed by itself. */
function makeCertificate(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'mail-cert-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  try {
    execFileSync('openssl', [...words, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
