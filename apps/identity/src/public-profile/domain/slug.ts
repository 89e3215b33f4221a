const MIN = 3;
const MAX = 40;

/** Words a reader would take for the house's own pages or people. */
const RESERVED = new Set(
  `about account accounts admin administrator api app assets auth avatar blog career-copilot careercopilot company
   companies connections contact docs employer everyone explore favicon feed goals guest health help home http https
   inbox index jobs legal login logout mail me media messages moderator new news null official owner people press
   privacy profile profiles public register root search security self settings sign-in sign-up signin signup skills
   social staff static status support system team terms test undefined user users verify webhook webhooks www`.split(
    /\s+/,
  ),
);

/** A slug as it is kept, or what is wrong with it. Letters a-z only: nobody can look like somebody else. */
export function readSlug(text: string): { slug: string } | { problem: string } {
  const slug = text.trim().toLowerCase();
  if (slug.length < MIN || slug.length > MAX) return { problem: `must have ${MIN} to ${MAX} characters` };
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug)) {
    return { problem: 'must be made of letters a-z, digits and single hyphens between them' };
  }
  if (RESERVED.has(slug)) return { problem: 'is a word of ours; choose another one' };
  return { slug };
}
