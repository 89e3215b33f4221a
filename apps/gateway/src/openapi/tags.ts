/** What the groups of the documentation are about. */
export const TAGS: Readonly<Record<string, string>> = {
  Administration: 'For the people who run this installation.',
  'API keys': 'For programs of your own: what they may do, and until when.',
  'AI content': 'Resumes, cover letters, practice and plans, written or judged by a model or by the built-in writer.',
  Analytics: 'What was done, and what came of it.',
  Applications: 'Applications, interviews, offers and everything around them.',
  Identity: 'Accounts, signing in, profiles and keys.',
  'My data': 'Everything we hold on a person: handed out, and erased.',
  Jobs: 'Search, recommendations, bookmarks and where jobs come from.',
  Notifications: 'What people are told, and how.',
  Operation: 'Whether the system works.',
  Webhooks: 'For programs of your own: called when something happens, signed, repeated, and on record.',
};
