import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Compile } from 'typebox/schema';
import { parse } from 'yaml';
import { Place } from './manifest.js';
import { CHART } from './tools.js';

const read = (name: string): string => readFileSync(join(CHART, name), 'utf8');

export const chartValues = (): unknown => parse(read('values.yaml'), { uniqueKeys: true });

/** What values.schema.json says about values; helm asks the same before it renders. */
export function schemaProblems(values: unknown): string[] {
  const schema: unknown = JSON.parse(read('values.schema.json'));
  if (typeof schema !== 'object' || schema === null) throw new Error('values.schema.json is no schema');
  const [valid, errors] = Compile(schema).Errors(values);
  return valid ? [] : errors.map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

/** Values laid over those of the chart, as helm merges them. */
export function overChartValues(values: unknown): unknown {
  return merge(chartValues(), values);
}

function merge(base: unknown, over: unknown): unknown {
  const [below, above] = [new Place(base), new Place(over)];
  if (below.entries.length === 0 || above.entries.length === 0) return over ?? base;
  const merged = new Map<string, unknown>(below.entries.map(([key, { value }]) => [key, value]));
  for (const [key, { value }] of above.entries) merged.set(key, merge(merged.get(key), value));
  return Object.fromEntries(merged);
}
