/** Tests fail loudly when a service answers what its contract does not say; in production that would only cost time. */
export const validatesAnswers: boolean = process.env.NODE_ENV === 'test';
