import type { ApplicationStatusChangedV1, MatchFoundV1, Notification, Static } from '#contracts';

/** What to tell about something that happened: words, weight, and the key under which it is told once. */
export interface Occasion {
  key: string;
  userId: string;
  type: Notification['type'];
  priority: Notification['priority'];
  title: string;
  message: string;
  data: Record<string, unknown>;
}

export function matchOccasion(match: Static<typeof MatchFoundV1.data>): Occasion {
  return {
    key: `match:${match.posting_id}`,
    userId: match.user_id,
    type: 'job_match',
    priority: match.score >= 90 ? 'high' : 'normal',
    title: `New match: ${match.title}`,
    message: `${match.company} is looking for "${match.title}". It fits your profile with ${Math.round(match.score)} of 100 points.`,
    data: { job_id: match.posting_id, match_score: match.score },
  };
}

const STATUS_SENTENCES: Record<Static<typeof ApplicationStatusChangedV1.data>['to'], string> = {
  saved: 'is back on your list',
  applied: 'is marked as sent',
  interviewing: 'has moved to interviews',
  offered: 'has led to an offer',
  accepted: 'is accepted. Congratulations!',
  declined: 'is closed: you declined the offer',
  rejected: 'was rejected',
  withdrawn: 'is withdrawn',
};

export function statusOccasion(change: Static<typeof ApplicationStatusChangedV1.data>): Occasion {
  return {
    key: `application:${change.application_id}:${change.sequence}`,
    userId: change.user_id,
    type: 'application_update',
    priority: change.to === 'offered' ? 'high' : 'normal',
    title: `${change.company}: ${change.to}`,
    message: `Your application for "${change.title}" at ${change.company} ${STATUS_SENTENCES[change.to]}.`.replace(
      /!\.$/,
      '!',
    ),
    data: { application_id: change.application_id, job_id: change.posting_id, from: change.from, to: change.to },
  };
}
