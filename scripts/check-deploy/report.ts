import { checkAll, type Subject } from './check.js';
import { RENDERINGS, renderChart } from './chart.js';
import { buildOverlay, OVERLAYS, staleFiles } from './kustomize.js';
import { makeSurroundings } from './surroundings.js';
import { buildRenderer, findKubectl } from './tools.js';

export async function runAll(_o: { withImage: boolean }): Promise<number> {
  const renderer = buildRenderer();
  if (renderer.path === undefined) return 1;
  const subjects: Subject[] = [];
  const s = await makeSurroundings();
  for (const rendering of RENDERINGS)
    subjects.push({
      name: rendering.name,
      documents: renderChart(renderer.path, rendering),
      surroundings: { ...s, connectionBudget: 700 },
    });
  process.stdout.write(`${JSON.stringify(await staleFiles(renderer.path))}\n`);
  const k = findKubectl();
  if (k.path !== undefined)
    for (const o of OVERLAYS) subjects.push({ name: o, documents: buildOverlay(k.path, o), surroundings: s });
  for (const [name, problems] of checkAll(subjects))
    process.stdout.write(
      `${name}: ${problems.length}\n${problems
        .slice(0, 12)
        .map((p) => `   ${p}\n`)
        .join('')}`,
    );
  return 0;
}
