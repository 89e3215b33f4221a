import { Client } from './client.js';
import type { Cluster } from './cluster.js';
import { History } from './history.js';
import { importPostings, registerPerson } from './people.js';
import type { Random } from './random.js';

export interface LoadPlan {
  clients: number;
  lanes: number;
  postings: number;
  thinkMs: number;
  random: Random;
}

/** The people at the door, and what they remember. */
export class Load {
  readonly history = new History();
  private constructor(private readonly clients: readonly Client[]) {}

  static async prepare(cluster: Cluster, plan: LoadPlan): Promise<Load> {
    const postings = await importPostings(cluster, cluster.database, plan.postings);
    const clients: Client[] = [];
    const load = new Load(clients);
    for (let number = 1; number <= plan.clients; number += 1) {
      const person = await registerPerson(cluster, number);
      const random = plan.random.fork(`client ${number}`);
      clients.push(
        new Client({
          ...person,
          number,
          postings: shuffled(postings, random),
          random,
          history: load.history,
          lanes: plan.lanes,
          thinkMs: plan.thinkMs,
        }),
      );
    }
    return load;
  }

  async start(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.start()));
  }

  async finish(patienceMs: number): Promise<void> {
    await Promise.all(this.clients.map((client) => client.finish(patienceMs)));
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, order: random.next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
