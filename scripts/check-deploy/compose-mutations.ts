import type { Mutation } from './mutations.js';

/** Mistakes in docker-compose.yml. */
export const COMPOSE_MUTATIONS: readonly Omit<Mutation, 'file'>[] = [
  {
    name: 'a default password',
    from: 'POSTGRES_PASSWORD:?is missing, see the top of docker-compose.yml',
    to: 'POSTGRES_PASSWORD:-postgres',
    caught: /secret with a default/,
  },
  {
    name: 'a password in the open',
    from: 'IDENTITY_KEY_SECRET: ${',
    to: 'IDENTITY_KEY_SECRET: abc #',
    caught: /written in the open/,
  },
  {
    name: 'the database open to the network',
    from: "tmpfs: ['/var/run",
    to: "ports: ['5432:5432']\n    tmpfs: ['/var/run",
    caught: /open to the network/,
  },
  {
    name: 'a start before the migration',
    from: 'condition: service_completed_successfully',
    to: 'condition: service_started',
    caught: /before the migration/,
  },
  {
    name: 'a misspelt setting',
    from: 'HEALTH_HOST: 0.0.0.0',
    to: 'HEALTH_ADDRESS: 0.0.0.0',
    caught: /HEALTH_ADDRESS is not a setting/,
  },
  { name: 'all capabilities kept', from: 'cap_drop: [ALL]', to: 'cap_drop: []', caught: /drop all capabilities/ },
  { name: 'an old broker', from: 'nats:2.12.6-alpine', to: 'nats:2.11.0-alpine', caught: /older than/ },
  {
    name: 'another configuration of the broker',
    from: './deploy/nats/nats.conf:',
    to: './deploy/nats/nats-cluster.conf:',
    caught: /only loopback may see it/,
  },
  {
    name: 'a user without a password',
    from: 'NATS_PASSWORD_SYS: $',
    to: 'NATS_PASSWORD_SYSTEM: $',
    caught: /NATS_PASSWORD_SYS is not given/,
  },
  {
    name: 'files that go with the container',
    from: "volumes: ['files:/var/lib/career-copilot']",
    to: 'volumes: []',
    caught: /identity: keeps files in .* goes with the container/,
  },
  { name: 'a service left out', from: '\n  analytics:\n', to: '\n  analytic:\n', caught: /analytics is missing/ },
];
