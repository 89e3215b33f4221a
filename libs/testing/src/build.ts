/** A builder: `const aPosting = build(() => ({ id: newId(), … })); aPosting({ title: 'Nurse' })`. */
export const build =
  <T extends object>(defaults: () => T) =>
  (changes: Partial<T> = {}): T => ({ ...defaults(), ...changes });
