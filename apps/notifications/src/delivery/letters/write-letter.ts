import type { Block, Letter } from './letter.js';

export interface WrittenLetter {
  subject: string;
  text: string;
  html: string;
}

/** The letter as plain text and as HTML that loads nothing from anywhere: opening it tells nobody. */
export function writeLetter({ subject, blocks }: Letter, tag: string, footer: string): WrittenLetter {
  const text = [...blocks.map(asText), `-- \n${footer}`].join('\n\n');
  const body = [...blocks.map(asHtml), `<p style="${SMALL}">${escapeHtml(footer)}</p>`].join('\n');
  const html = [
    '<!doctype html>',
    `<html lang="${tag}">`,
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(subject)}</title></head>`,
    `<body style="${PAGE}">`,
    `<div style="max-width:34em;margin:0 auto"><h1 style="font-size:1.25em">${escapeHtml(subject)}</h1>`,
    body,
    '</div></body></html>',
  ].join('\n');
  return { subject, text: `${text}\n`, html };
}

// Mail programs read no style sheets; colours are left to them, so that dark mode works.
const PAGE = 'font-family:sans-serif;font-size:16px;line-height:1.5;margin:0;padding:1.5em';
const SMALL = 'font-size:0.8em;margin-top:2.5em;border-top:1px solid;padding-top:1em';
const CODE = 'font-family:monospace;font-size:1.4em;letter-spacing:0.1em;word-break:break-all';

function asText(block: Block): string {
  switch (block.kind) {
    case 'text':
      return block.text;
    case 'code':
      return `    ${block.code}`;
    case 'link':
      return `${block.label}:\n${block.url}`;
    case 'facts':
      return block.rows.map(([label, value]) => `${label}: ${oneLine(value)}`).join('\n');
  }
}

function asHtml(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p>${escapeHtml(block.text)}</p>`;
    case 'code':
      return `<p style="${CODE}">${escapeHtml(block.code)}</p>`;
    case 'link':
      return `<p><a href="${escapeHtml(block.url)}" rel="noreferrer">${escapeHtml(block.label)}</a><br>${escapeHtml(block.url)}</p>`;
    case 'facts':
      return `<p>${block.rows.map(([label, value]) => `${escapeHtml(label)}: ${escapeHtml(oneLine(value))}`).join('<br>\n')}</p>`;
  }
}

/** A device may call itself anything: it must not look like further lines of ours. */
const oneLine = (value: string): string => value.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
