import { Closed, compileSchema, type Static, Type } from '#contracts';
import type { FieldCipher } from '#platform';

/** What the last mail needs when everything else about the person is gone. */
const Contact = Closed({ address: Type.String(), certificateSecret: Type.String() });
type Contact = Static<typeof Contact>;
const schema = compileSchema(Contact);

const placeOf = (erasureId: string) => ({ table: 'identity.erasure', column: 'sealed_contact', owner: erasureId });

export const sealContact = (cipher: FieldCipher, erasureId: string, contact: Contact): string =>
  cipher.encrypt(JSON.stringify(contact), placeOf(erasureId));

export function openContact(cipher: FieldCipher, erasureId: string, sealed: string): Contact {
  const contact: unknown = JSON.parse(cipher.decrypt(sealed, placeOf(erasureId)));
  if (!schema.check(contact)) throw new Error('the contact of an erasure is not readable');
  return contact;
}
