import type { AuditFinding, Static, verifyAudit } from '#contracts';
import type { ApiClient } from '../api/api-client.js';
import { Progress, type Terminal } from '../terminal.js';

export interface AuditReport {
  checked: number;
  /** As it was at the beginning. */
  seal: Static<typeof verifyAudit.response>['seal'];
  findings: AuditFinding[];
  /** False when Ctrl-C ended it early. */
  complete: boolean;
}

/** Page by page to the end of the log. */
export async function verifyWholeAudit(
  client: ApiClient,
  terminal: Terminal,
  interrupted: AbortSignal,
): Promise<AuditReport> {
  const progress = new Progress(terminal);
  const first = await client.verifyAudit(undefined);
  const report: AuditReport = { checked: first.checked, seal: first.seal, findings: first.findings, complete: true };
  for (let next = first.next; next !== null;) {
    if (interrupted.aborted) {
      report.complete = false;
      break;
    }
    progress.show(`${report.checked} rows verified`);
    const page = await client.verifyAudit(next);
    report.checked += page.checked;
    report.findings.push(...page.findings);
    next = page.next;
  }
  progress.end();
  return report;
}
