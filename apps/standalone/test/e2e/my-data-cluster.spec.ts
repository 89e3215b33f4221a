import 'reflect-metadata';
import { describe } from '@jest/globals';
import { describeMyData } from './my-data-story.js';
import { startMyDataCluster } from './support/my-data-cluster.js';

/** As deployed: the streams are files of NATS, and every service keeps its own. */
describe('my data in seven processes over NATS', () => {
  describeMyData(startMyDataCluster);
});
