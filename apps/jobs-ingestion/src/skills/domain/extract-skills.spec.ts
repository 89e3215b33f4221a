import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { extractSkills } from './extract-skills.js';
import { LEXICON } from './lexicon.js';

describe('extracting skills', () => {
  it.each([
    ['C++ and C# developer', ['C++', 'C#']],
    ['Experience with .NET, ASP.NET and SQL Server.', ['.NET', 'ASP.NET', 'SQL Server']],
    ['React/Redux, Node.js, TypeScript.', ['React', 'Redux', 'Node.js', 'TypeScript']],
    ['Python-based services on K8s', ['Python', 'Kubernetes']],
    ['Backend services in Go, Python and Rust', ['Go', 'Python', 'Rust']],
    ['Senior Go Engineer', ['Go']],
    ['golang', ['Go']],
    ['Statistics in R, SAS or Python', ['Statistics', 'R', 'SAS', 'Python']],
    ['Java and JavaScript', ['Java', 'JavaScript']],
    ['CI/CD with GitLab CI', ['CI/CD', 'GitLab CI']],
    ['PL/SQL, T-SQL', ['PL/SQL', 'T-SQL']],
    ['Apache Spark and Kafka', ['Spark', 'Kafka']],
    ['Erfahrung mit maschinelles Lernen und künstliche Intelligenz', ['Machine Learning', 'AI']],
    ['Ruby on Rails', ['Ruby on Rails']],
    ['Objective-C, Swift', ['Objective-C', 'Swift']],
    ['Machine Learning Engineer (PyTorch)', ['Machine Learning', 'PyTorch']],
  ])('%s', (text, skills) => {
    expect(extractSkills(text)).toEqual(skills);
  });

  it.each([
    'Go above and beyond',
    'We go to market with our go-to-market team',
    'Go-to-Market Manager',
    'R&D department',
    'a Series C company',
    'you excel at writing and swift decisions',
    'John R. Smith, C-level',
    'the scala of options',
    'We spark joy',
    'Chef de partie',
    'Apply at https://jobs.example/python/react',
  ])('finds nothing in "%s"', (text) => {
    expect(extractSkills(text)).toEqual([]);
  });

  it('has a lexicon of at least 250 names without repetition', () => {
    const names = LEXICON.map(({ name }) => name.toLowerCase());
    expect(names.length).toBeGreaterThanOrEqual(250);
    expect(new Set(names).size).toBe(names.length);
  });

  it('never claims one alias for two skills', () => {
    const spellings = LEXICON.flatMap(({ name, aliases }) => [name, ...aliases].map((one) => one.toLowerCase()));
    expect(spellings.filter((one, index) => spellings.indexOf(one) !== index)).toEqual([]);
  });

  it('does not throw, and answers only names of the lexicon', () => {
    const names = new Set(LEXICON.map(({ name }) => name));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        expect(extractSkills(text).every((name) => names.has(name))).toBe(true);
      }),
    );
  });
});
