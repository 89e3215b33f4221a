import { Command, InvalidArgumentError } from 'commander';
import { EXIT_CODES_HELP } from './exit-codes.js';
import type { Terminal } from './terminal.js';
import { readSecret } from './webhooks/read-secret.js';
import { WebhookSink } from './webhooks/webhook-sink.js';

interface ListenOptions {
  port: number;
  secret?: string;
  secretFile?: string;
  answer: number;
}

export function webhooksCommand(terminal: Terminal, interrupted: AbortSignal): Command {
  return new Command('webhooks')
    .description('try out receivers of webhooks')
    .addCommand(listenCommand(terminal, interrupted))
    .addHelpText(
      'after',
      `
Example:
  careercopilot webhooks listen --port 8484
${EXIT_CODES_HELP}`,
    );
}

function listenCommand(terminal: Terminal, interrupted: AbortSignal): Command {
  return new Command('listen')
    .description('receive webhooks on this machine and print every call')
    .option('--port <number>', 'port to listen at, on 127.0.0.1 only; 0 takes a free one', numberUpTo(65_535), 8484)
    .option('--secret <whsec>', 'secret of the webhook: signatures are verified, and a wrong one is answered 401')
    .option('--secret-file <file>', 'file with that secret, where other people could see the command line')
    .option('--answer <status>', 'what every call is answered, to see what follows', numberUpTo(599), 204)
    .addHelpText(
      'after',
      `
One line per call on stdout, then its body. A platform on the same machine calls it only where it was started with
WEBHOOK_ALLOW_PRIVATE_TARGETS=true. Ends with Ctrl-C.

Examples:
  careercopilot webhooks listen --secret whsec_…
  careercopilot webhooks listen --answer 503
${EXIT_CODES_HELP}`,
    )
    .action(async ({ port, secret, secretFile, answer }: ListenOptions) => {
      const sink = new WebhookSink({ secret: await readSecret(secret, secretFile), answer, terminal });
      await sink.listenUntil(port, interrupted);
    });
}

const numberUpTo =
  (most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d{1,5}$/.test(text) || value > most) throw new InvalidArgumentError(`It must be a number up to ${most}.`);
    return value;
  };
