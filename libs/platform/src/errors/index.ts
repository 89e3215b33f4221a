export { errorCode, isError } from './error-facts.js';
export { errorsDocument } from './errors-document.js';
export {
  errorDocUrl,
  HTTP_OF_KIND,
  problemBody,
  type ProblemBody,
  publicErrorBody,
  type PublicErrorBody,
  retryAfterSeconds,
  statusOf,
} from './http-errors.js';
