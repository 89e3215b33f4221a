import sanitizeHtml from 'sanitize-html';
import { cleanText, decodeEntities, withoutControls } from './domain/text.js';
import { LIMITS } from './domain/posting.js';

/** Structure a job description needs, nothing that runs, loads, positions or frames anything. */
const ALLOWED: sanitizeHtml.IOptions = {
  allowedTags: [
    ...['p', 'br', 'ul', 'ol', 'li', 'b', 'strong', 'i', 'em', 'u', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr'],
    ...['blockquote', 'a', 'code', 'pre', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'div'],
  ],
  allowedAttributes: { a: ['href', 'rel'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  nonTextTags: [
    'script',
    'style',
    'textarea',
    'option',
    'noscript',
    'template',
    'iframe',
    'object',
    'svg',
    'math',
    'title',
  ],
  nestingLimit: 40,
  transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: 'nofollow noopener noreferrer' }) },
};

const TAG = /<\/?[a-z][^<>]*>/i;
export const looksLikeHtml = (text: string): boolean => TAG.test(text);

export const sanitise = (html: string): string =>
  sanitizeHtml(withoutControls(html.slice(0, LIMITS.html)), ALLOWED).trim();

/** Text of sanitised HTML: items and blocks on lines of their own, everything else running on. */
export const textOf = (sanitised: string): string =>
  cleanText(
    decodeEntities(
      sanitised
        .replace(/\s+/g, ' ')
        .replace(/<br ?\/?>/g, '\n')
        .replace(/<li>/g, '\n- ')
        .replace(/<\/?(?:p|div|ul|ol|li|h[1-6]|hr|blockquote|pre|table|thead|tbody|tr)\b[^>]*>/g, '\n')
        .replace(/<\/t[dh]>/g, ' ')
        .replace(/<[^>]*>/g, ''),
    ),
    LIMITS.text,
  ).replace(/\n- \n+/g, '\n- ');

export interface Description {
  html: string | null;
  text: string;
}

/** What a source gives as description, HTML or plain text, as safe HTML and as text. */
export function describe(value: string | null): Description {
  if (value === null) return { html: null, text: '' };
  if (!looksLikeHtml(value)) return { html: null, text: cleanText(decodeEntities(value), LIMITS.text) };
  const html = sanitise(value);
  return { html: html === '' ? null : html, text: textOf(html) };
}
