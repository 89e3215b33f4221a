import { invalid } from '#kernel';
import { checkOwnNetworkUrl, checkPublicUrl, UrlRefused } from '#platform';

/**
 * The URL as it is stored and called. What can be told of it without asking a name server is told here; where its name
 * leads is looked at whenever it is called.
 *
 * @throws AppError VALIDATION_ERROR naming `url`.
 */
export function receiverUrl(text: string, allowsOwnNetwork: boolean): string {
  if (!URL.canParse(text)) throw refused('must be a URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(allowsOwnNetwork && url.protocol === 'http:')) {
    throw refused('must begin with https://');
  }
  try {
    if (allowsOwnNetwork) checkOwnNetworkUrl(url);
    else checkPublicUrl(url);
  } catch (error) {
    if (error instanceof UrlRefused) throw refused(`is not called: ${error.message}`);
    throw error;
  }
  url.hash = '';
  return url.href;
}

const refused = (message: string) => invalid([{ field: 'url', message }]);
