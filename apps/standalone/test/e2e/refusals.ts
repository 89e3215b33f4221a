import { expect, it } from '@jest/globals';
import { newId } from '#kernel';
import type { Told } from './story.js';
import { somebody } from './support/people.js';

type Json = ReturnType<typeof JSON.parse>;

/** What must not work, told after the story, on what it left behind. */
export function describeRefusals(told: () => Told): void {
  const mine = () => ({ token: told().ada.token });

  /** Everything of hers as she sees it. */
  async function belongings(): Promise<Json[]> {
    const { api } = told();
    const paths = ['/users/me', '/applications', '/ai/cover-letters', '/notifications', '/jobs/bookmarks', '/skills'];
    return Promise.all(paths.map(async (path) => (await api.get(path, mine())).body));
  }

  it('to tell anybody else that her things exist: 404 for every id, and nothing changes', async () => {
    const { api, applicationId, letterId, notificationId, jobId } = told();
    const skill = await api.post('/skills', { ...mine(), body: { name: 'Haskell' } });
    const before = await belongings();
    const { token } = await somebody(api, 'Eve Adams');
    const tries: [method: string, path: string, body?: object][] = [
      ['GET', `/applications/${applicationId}`],
      ['GET', `/applications/${applicationId}/timeline`],
      ['PUT', `/applications/${applicationId}`, { status: 'withdrawn' }],
      ['POST', `/applications/${applicationId}/reopen`],
      ['DELETE', `/applications/${applicationId}`],
      ['GET', `/ai/cover-letters/${letterId}`],
      ['PUT', `/ai/cover-letters/${letterId}`, { content: 'mine now' }],
      ['DELETE', `/ai/cover-letters/${letterId}`],
      ['PUT', `/notifications/${notificationId}/read`],
      ['DELETE', `/notifications/${notificationId}`],
      ['DELETE', `/jobs/${jobId}/bookmark`],
      ['GET', `/skills/${skill.body.id}`],
      ['PUT', `/skills/${skill.body.id}`, { years: 1 }],
      ['DELETE', `/skills/${skill.body.id}`],
    ];
    for (const [method, path, body] of tries) {
      const answer = await api.send(method, path, { token, body });
      expect([method, path, answer.status, answer.body.error?.code]).toEqual([method, path, 404, 'NOT_FOUND']);
      // An id of somebody else looks like one that never was.
      const unknown = await api.send(method, path.replace(/[0-9a-f-]{36}/, newId()), { token, body });
      expect(unknown.body.error.message).toBe(answer.body.error.message);
    }
    for (const path of ['/applications', '/ai/cover-letters', '/jobs/bookmarks', '/skills']) {
      expect((await api.get(path, { token })).body.total).toBe(0);
    }
    expect(await belongings()).toEqual(before);
  });

  it('an illegal transition with 409 and the legal ones, and a second application for the job', async () => {
    const { api, applicationId, jobId } = told();
    const before = await belongings();
    const moved = await api.put(`/applications/${applicationId}`, {
      ...mine(),
      body: { status: 'saved', notes: 'lost' },
    });
    expect(moved).toMatchObject({ status: 409, body: { error: { code: 'ILLEGAL_TRANSITION' } } });
    expect(moved.body.error.legal_transitions).toEqual(expect.arrayContaining(['accepted', 'declined']));
    const twice = await api.post('/applications', { ...mine(), body: { job_id: jobId } });
    expect(twice).toMatchObject({ status: 409, body: { error: { code: 'APPLICATION_ALREADY_EXISTS' } } });
    const stale = await api.put(`/applications/${applicationId}`, { ...mine(), body: { notes: 'late', version: 1 } });
    expect(stale).toMatchObject({ status: 409, body: { error: { code: 'STALE_VERSION' } } });
    expect(await belongings()).toEqual(before);
  });

  it('what does not exist with 404', async () => {
    const { api } = told();
    expect((await api.post('/applications', { ...mine(), body: { job_id: newId() } })).status).toBe(404);
    expect((await api.post('/ai/cover-letter/generate', { ...mine(), body: { job_id: newId() } })).status).toBe(404);
    expect((await api.post(`/jobs/${newId()}/bookmark`, { ...mine(), body: {} })).status).toBe(404);
    expect((await api.get(`/jobs/${newId()}`)).status).toBe(404);
  });

  it('bad input with 422 that names each field, and writes none of it', async () => {
    const { api, applicationId, jobId } = told();
    const before = await belongings();
    const tries: [method: string, path: string, body: object, fields: string[]][] = [
      ['PUT', '/users/me', { company: 'New Ltd', salary_min: 'lots' }, ['salary_min']],
      ['PUT', '/users/me', { skills: ['Go', ''], currency: 'euro' }, ['skills.1', 'currency']],
      ['PUT', '/users/me', { company: 'New Ltd', role: 'admin', id: newId() }, ['role', 'id']],
      ['PUT', '/users/me', { company: 'New Ltd', salary_min: 90_000, salary_max: 10_000 }, ['salary_max']],
      ['POST', '/applications', { job_id: 'x', status: 'done' }, ['job_id', 'status']],
      ['PUT', `/applications/${applicationId}`, { status: 'accepted', follow_up_date: 'soon' }, ['follow_up_date']],
      ['POST', '/skills', { name: '', years: 900 }, ['name', 'years']],
      ['POST', '/ai/cover-letter/generate', { job_id: jobId, tone: 'rude' }, ['tone']],
      ['POST', `/jobs/${jobId}/bookmark`, { notes: 7 }, ['notes']],
    ];
    for (const [method, path, body, fields] of tries) {
      const answer = await api.send(method, path, { ...mine(), body });
      expect([path, answer.status, answer.body.error.code]).toEqual([path, 422, 'VALIDATION_ERROR']);
      const named = answer.body.error.details.map((one: Json) => one.field);
      expect([path, named]).toEqual([path, expect.arrayContaining(fields)]);
      for (const one of answer.body.error.details) expect(one.message.length).toBeGreaterThan(5);
    }
    expect(await belongings()).toEqual(before);
  });

  it('who has not signed in with 401, for everything that is somebody’s', async () => {
    const { api } = told();
    for (const { method, path, security, operationId } of api.document.operations) {
      const isOpen = security.length === 0 || security.some((one) => Object.keys(one).length === 0);
      if (isOpen) continue;
      const url = path.replace('/api/v1', '').replace(/\{\w+\}/g, newId());
      const answer = await api.send(method, url, {});
      expect([operationId, answer.status]).toEqual([operationId, 401]);
    }
  });

  it('to keep what she deleted', async () => {
    const { api, applicationId, letterId, notificationId, jobId } = told();
    const paths = [
      `/applications/${applicationId}`,
      `/ai/cover-letters/${letterId}`,
      `/notifications/${notificationId}`,
      `/jobs/${jobId}/bookmark`,
    ];
    for (const path of paths) {
      expect((await api.delete(path, mine())).status).toBe(204);
      expect((await api.delete(path, mine())).status).toBe(404);
    }
  });
}
