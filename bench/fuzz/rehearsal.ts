import { TOTP } from 'otpauth';
import type { ApiDocument } from '#testing';
import { isSchema } from './arbitrary.js';
import type { FuzzAnswer } from './checks.js';
import type { Ids } from './ids.js';
import { FRIEND, PASSWORD, type People } from './people.js';
import type { FuzzCase, Signed } from './plan.js';

const NEW_PASSWORD = 'eight silver herons';
const MAILED_TOKEN = /(ccmt_[\w-]+)/;
const PATIENCE_MS = 10_000;
const PAUSE_MS = 200;

export interface Stage {
  document: ApiDocument;
  ids: Ids;
  people: People;
  send(made: FuzzCase): Promise<FuzzAnswer | undefined>;
}

interface Step {
  params?: Readonly<Record<string, string>>;
  query?: string;
  body?: unknown;
}

/**
 * What takes several steps in their order, done once as a person does it. Made-up requests alone never get there, or
 * get there by luck: what a run reaches would hang on the seed and on how fast the machine is.
 */
export async function rehearse(stage: Stage): Promise<void> {
  const play = new Play(stage);
  await play.signIn();
  await play.talk();
  await play.keepGoals();
  await play.followAnApplication();
  await play.callAWebhook();
  await play.guardAnAccount();
  await play.comeBackByMail();
  await play.leaveAndReturn();
}

class Play {
  constructor(private readonly stage: Stage) {}

  async signIn(): Promise<void> {
    await this.stage.people.headersOf('rehearser');
    const credentials = this.stage.people.credentialsOf('rehearser');
    const tokens = await this.step('nobody', 'login', { body: credentials });
    await this.step('nobody', 'refreshTokens', { body: { refresh_token: tokens.refresh_token } });
    const other = listOf(await this.step('rehearser', 'listSessions'), 'sessions').find((one) => one.current === false);
    await this.step('rehearser', 'revokeSession', { params: { id: idOf(other) } });
  }

  async talk(): Promise<void> {
    const asked = await this.step('rehearser', 'requestConnection', { body: { slug: FRIEND } });
    await this.step('friend', 'answerConnection', { params: { id: idOf(asked) }, body: { status: 'accepted' } });
    const [me, friend] = [String(asked.requester_id), String(asked.receiver_id)];
    await this.step('rehearser', 'sendMessage', { body: { receiver_id: friend, content: 'Good to see you here' } });
    const answered = await this.step('friend', 'sendMessage', { body: { receiver_id: me, content: 'And you' } });
    await this.step('rehearser', 'readMessage', { params: { id: idOf(answered) } });
  }

  async keepGoals(): Promise<void> {
    const goal = idOf(await this.step('rehearser', 'createGoal', { body: this.exampleOf('createGoal') }));
    const progress = await this.step('rehearser', 'addGoalProgress', { params: { id: goal }, body: { value: 1 } });
    await this.step('rehearser', 'deleteGoalProgress', { params: { id: goal, entry_id: idOf(progress.entry) } });
  }

  async followAnApplication(): Promise<void> {
    const body = { job_id: this.stage.ids.any()[0], status: 'applied' };
    const params = { id: idOf(await this.step('rehearser', 'createApplication', { body })) };
    await this.step('rehearser', 'updateApplication', { params, body: { status: 'rejected' } });
    await this.step('rehearser', 'reopenApplication', { params });
    const told = await this.until('a notification', async () => {
      const [first] = listOf(await this.step('rehearser', 'listNotifications'), 'notifications');
      return first;
    });
    await this.step('rehearser', 'readNotification', { params: { id: idOf(told) } });
    await this.step('rehearser', 'deleteNotification', { params: { id: idOf(told) } });
  }

  async callAWebhook(): Promise<void> {
    const body = this.stage.ids.fill(asRecord(this.exampleOf('createWebhook')));
    const id = idOf(await this.step('rehearser', 'createWebhook', { body }));
    const called = idOf(await this.step('rehearser', 'testWebhook', { params: { id } }));
    await this.step('rehearser', 'replayWebhookDelivery', { params: { id, delivery_id: called } });
  }

  /** Somebody new: confirms the address by the mail, sets up a second factor, signs in with it, and loses it. */
  async guardAnAccount(): Promise<void> {
    const email = `${crypto.randomUUID()}@example.com`;
    const account = await this.step('nobody', 'register', { body: { email, password: PASSWORD, full_name: 'Ada' } });
    this.stage.people.introduce('rehearser', { email, password: PASSWORD });
    await this.step('rehearser', 'resendVerification');
    const token = await this.mailed('verify_email', email, MAILED_TOKEN);
    await this.step('nobody', 'verifyEmail', { body: { token } });
    const setup = await this.step('rehearser', 'setUpTotp', { body: { current_password: PASSWORD } });
    const code = new TOTP({ secret: String(setup.secret) }).generate();
    const enabled = await this.step('rehearser', 'enableTotp', { body: { code } });
    const recovery_code = asList(enabled.recovery_codes)[0];
    const { mfa_token } = await this.step('nobody', 'login', { body: { email, password: PASSWORD } });
    await this.step('nobody', 'verifyMfa', { body: { mfa_token, recovery_code } });
    await this.step('admin', 'removeSecondFactor', { params: { id: idOf(account) } });
  }

  async comeBackByMail(): Promise<void> {
    const { email } = this.stage.people.credentialsOf('rehearser');
    await this.step('nobody', 'sendOtp', { body: { email } });
    await this.step('nobody', 'verifyOtp', {
      body: { email, otp: await this.mailed('sign_in_code', email, /^\s+(\d{6})$/m) },
    });
    await this.step('nobody', 'forgotPassword', { body: { email } });
    const token = await this.mailed('reset_password', email, MAILED_TOKEN);
    await this.step('nobody', 'resetPassword', { body: { token, new_password: NEW_PASSWORD } });
  }

  async leaveAndReturn(): Promise<void> {
    await this.stage.people.headersOf('leaver');
    const { email } = this.stage.people.credentialsOf('leaver');
    await this.step('leaver', 'requestErasure', { body: { password: PASSWORD } });
    await this.step('nobody', 'undoErasure', { body: { email, password: PASSWORD } });
  }

  private async step(signed: Signed, operationId: string, { params = {}, query = '', body }: Step = {}) {
    const operation = this.stage.document.operations.find((one) => one.operationId === operationId);
    if (operation === undefined) throw new Error(`the document has no operation ${operationId}`);
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    const answer = await this.stage.send({
      operation,
      kind: 'rehearsed',
      method: operation.method,
      path: path + query,
      signed,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      expected: [...operation.responses.keys()].filter((status) => status < 300),
      isInvalid: false,
    });
    return asRecord(answer?.body);
  }

  private exampleOf(operationId: string): unknown {
    return this.stage.document.operations.find((one) => one.operationId === operationId)?.body?.example;
  }

  /** Read where an installation without a mail server keeps its mails: by the admin. */
  private async mailed(kind: string, address: string, what: RegExp): Promise<string> {
    return this.until(`the mail ${kind}`, async () => {
      const outbox = await this.step('admin', 'listLocalMails', { query: '?per_page=100' });
      const mail = listOf(outbox, 'mails').find((one) => one.to === address && one.kind === kind);
      return what.exec(String(mail?.text))?.[1];
    });
  }

  private async until<Found>(what: string, look: () => Promise<Found | undefined>): Promise<Found> {
    const endAt = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (performance.now() > endAt) throw new Error(`waited ${PATIENCE_MS} ms for ${what} in vain`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

const asRecord = (value: unknown): Readonly<Record<string, unknown>> => (isSchema(value) ? value : {});
const idOf = (value: unknown): string => String(asRecord(value).id);
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const listOf = (answer: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>>[] =>
  asList(answer[name]).map(asRecord);
