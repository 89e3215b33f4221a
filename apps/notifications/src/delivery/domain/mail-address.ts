/**
 * One plain address. Nothing that could become a second recipient, a header or a comment: no blanks, brackets, quotes,
 * commas, colons, semicolons or control characters.
 */
const ADDRESS = /^[^\s@<>()[\]\\,;:"\p{Cc}]{1,64}@(?=.{1,253}$)[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u;

export const isMailAddress = (text: string): boolean => text.length <= 254 && ADDRESS.test(text);
