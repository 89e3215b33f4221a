/** Whom we let vouch for people. */
export interface ExternalProvider {
  /** In paths and in what people see: `google`, `linkedin`, or what the operator called it. */
  id: string;
  kind: 'google' | 'linkedin' | 'oidc';
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Whose id_tokens are taken when an app sends them itself: ours, and those of the operator's apps. */
  audiences: readonly string[];
  /** Providers that do not give it back are asked without one; state and PKCE bind the answer all the same. */
  returnsNonce: boolean;
}

/** Who somebody is, as the provider says and as its signature proves. */
export interface ExternalPerson {
  provider: string;
  kind: ExternalProvider['kind'];
  /** With the subject the identity: a name alone means somebody else at another provider. */
  issuer: string;
  subject: string;
  email: string | null;
  emailVerified: boolean;
  name: string | null;
}

/** Facts as they come in claims; whatever is not of the right kind was not said. */
export function personOf(
  { id, kind, issuer }: Pick<ExternalProvider, 'id' | 'kind' | 'issuer'>,
  claims: Readonly<Record<string, unknown>>,
): ExternalPerson | undefined {
  const { sub, email, email_verified: verified, name } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > 255) return undefined;
  const address = typeof email === 'string' && isAddress(email) ? email : null;
  return {
    provider: id,
    kind,
    issuer,
    subject: sub,
    email: address,
    // Some providers send the text.
    emailVerified: address !== null && (verified === true || verified === 'true'),
    name: typeof name === 'string' ? name : null,
  };
}

const isAddress = (text: string): boolean => text.length <= 254 && /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(text);
