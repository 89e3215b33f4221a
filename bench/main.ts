import { benchHostile } from './hostile/hostile.bench.js';
import { benchIngestion } from './ingestion/ingestion.bench.js';
import { HELP, type Options, type Part, PARTS, readOptions } from './options.js';
import { machineFacts } from './report/machine.js';
import type { Section } from './report/section.js';
import { sectionText, writeReport } from './report/write.js';
import { benchRpc } from './rpc/rpc.bench.js';
import { benchSearch } from './search/search.bench.js';
import { benchSignIn } from './sign-in/sign-in.bench.js';
import { benchStandalone } from './standalone/standalone.bench.js';
import { Rig } from './support/rig.js';

type Bench = (rig: Rig, options: Options, say: (line: string) => void) => Promise<Section>;

const BENCHES: Record<Part, Bench> = {
  a: benchRpc,
  b: benchSearch,
  c: benchIngestion,
  d: benchStandalone,
  e: benchSignIn,
  f: benchHostile,
};

const options = readOptions(process.argv.slice(2));
if (options === 'help') process.stdout.write(HELP);
else await run(options);

/** A bar that is missed is a finding, not a failure: only a run that could not measure ends with an error. */
async function run(chosen: Options): Promise<void> {
  const began = performance.now();
  const say = (line: string): void => {
    process.stdout.write(`[${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s] ${line}\n`);
  };
  const rig = await Rig.start();
  try {
    const machine = await machineFacts(rig.adminUrl);
    const sections: Section[] = [];
    for (const part of chosen.parts) {
      const section = await BENCHES[part](rig, chosen, say);
      sections.push(section);
      process.stdout.write(sectionText(section));
    }
    if (chosen.quick) return say('quick run: nothing written');
    const how = `npm run bench -- ${process.argv.slice(2).join(' ')}`.trim();
    say(`written to ${writeReport({ machine, how, sections }, PARTS)}`);
  } finally {
    await rig.stop();
  }
}
