import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';

const linesOf = async (metrics: Metrics): Promise<string[]> => (await metrics.expose()).text.split('\n');

describe('Metrics', () => {
  it('exposes durations as Prometheus reads histograms: buckets that add up, sum and count', async () => {
    const metrics = new Metrics('gateway', false);
    for (const seconds of [0.001, 0.25, 0.2501, 31]) metrics.observeRequest('searchJobs', 'GET', 200, seconds);
    const lines = await linesOf(metrics);
    const own = 'operation="searchJobs",method="GET",status="200",app="gateway"';
    const bucket = (bound: string): string | undefined =>
      lines.find((line) => line.startsWith(`http_request_duration_seconds_bucket{le="${bound}",${own}}`));
    expect(['0.005', '0.1', '0.25', '0.5', '30', '+Inf'].map((bound) => bucket(bound)?.split(' ').at(-1))).toEqual([
      '1',
      '1',
      '2',
      '3',
      '3',
      '4',
    ]);
    expect(lines).toContain(`http_request_duration_seconds_count{${own}} 4`);
    expect(lines).toContain(`http_request_duration_seconds_sum{${own}} ${0.001 + 0.25 + 0.2501 + 31}`);
    expect(lines).toContain('# TYPE http_request_duration_seconds histogram');
  });

  it('keeps series with different labels apart, and one name in one block', async () => {
    const metrics = new Metrics('jobs', false);
    metrics.observeRpc('server', 'rpc.a', 'ok', 0.01);
    metrics.observeRpc('server', 'rpc.a', 'error', 0.01);
    metrics.observeRpc('client', 'rpc.a', 'ok', 0.01);
    metrics.counter('things_total', 'Things').inc();
    const lines = await linesOf(metrics);
    expect(lines).toContain('rpc_server_duration_seconds_count{subject="rpc.a",outcome="ok",app="jobs"} 1');
    expect(lines).toContain('rpc_server_duration_seconds_count{subject="rpc.a",outcome="error",app="jobs"} 1');
    expect(lines).toContain('rpc_client_duration_seconds_count{subject="rpc.a",outcome="ok",app="jobs"} 1');
    expect(lines).toContain('things_total{app="jobs"} 1');
    expect(lines.filter((line) => line === '# TYPE rpc_server_duration_seconds histogram')).toHaveLength(1);
    // Nothing but comments, samples and blank lines.
    expect(lines.filter((line) => !/^(#.*|\w+(\{([a-z]\w*="[^"\n]*",?)+\})? [\d.e+-]+|)$/.test(line))).toEqual([]);
  });

  it('escapes what a label must not contain', async () => {
    const metrics = new Metrics('x', false);
    metrics.observeOutbound('a"b\\c\nd', 'ok', 1);
    expect(await linesOf(metrics)).toContain(
      'outbound_request_duration_seconds_count{target="a\\"b\\\\c\\nd",outcome="ok",app="x"} 1',
    );
  });
});
