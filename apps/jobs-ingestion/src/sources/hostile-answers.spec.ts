import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FakeSite, json, pagesOf, postingsOf, registry } from '../../test/support/fake-site.js';
import { enrich } from '../normalise/enrich.js';

describe('hostile answers', () => {
  const names = registry.all().map(({ name }) => name);
  const huge = 'x'.repeat(3_000_000);

  it('degrade to rejected items and never throw', async () => {
    const keys = ['id', 'slug', 'guid', 'title', 'name', 'text', 'company_name', 'companyName', 'company', 'location'];
    const fields = [...keys, 'content', 'description', 'salaryRange', 'pay_input_ranges', 'metadata', 'lists', 'tags'];
    const item = fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...fields), fc.anything()));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.array(item, { maxLength: 5 }), async (name, items) => {
        const body = name === 'lever' ? items : { jobs: items, data: items, results: items, links: { next: 'x' } };
        const text = JSON.stringify(body, (_, value: unknown) =>
          typeof value === 'bigint' ? value.toString() : value,
        );
        for (const page of await pagesOf(name, new FakeSite(() => json(text)), { limit: 20 })) {
          for (const posting of page.postings) {
            expect(posting.title.length).toBeLessThanOrEqual(300);
            enrich(posting);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('are cut to size', async () => {
    const item = {
      id: 1,
      title: huge,
      absolute_url: 'https://a.example/1',
      content: `<p>${huge}`,
      location: { name: huge },
    };
    const site = new FakeSite(() => json(JSON.stringify({ jobs: [item] })));
    const [posting] = postingsOf(await pagesOf('greenhouse', site));
    expect(posting?.title).toHaveLength(300);
    expect(posting?.descriptionText.length).toBeLessThanOrEqual(60_000);
  });

  it('leave no markup that runs, and no NUL', async () => {
    const content =
      '<p>a\u0000b</p><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a><svg><script>1</script></svg>';
    const item = { id: 1, title: 'A\u0000B\ud800', company_name: 'C', content };
    const site = new FakeSite(() => json(JSON.stringify({ jobs: [item] })));
    const [posting] = postingsOf(await pagesOf('greenhouse', site));
    expect(posting?.descriptionHtml).toBe('<p>a b</p><a rel="nofollow noopener noreferrer">x</a>');
    expect(posting?.title).toBe('A B');
  });
});
