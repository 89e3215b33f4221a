import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { companyName, type FieldProblem } from '#kernel';

/** A company as an admin names it, and what its postings are found by. */
export interface GrantedCompany {
  companyKey: string;
  company: string;
  domain: string | null;
}

export interface NamedCompany {
  company: string;
  domain?: string | null;
}

const HOST = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const NAME = /^[\p{L}\p{M}\p{N}.-]+$/u;

/** `problems` are named by the place in the list; what stands beside them is not for use then. */
export function grantedCompanies(named: readonly NamedCompany[]): {
  companies: GrantedCompany[];
  problems: FieldProblem[];
} {
  const problems: FieldProblem[] = [];
  const first = new Map<string, number>();
  const companies = named.map(({ company, domain: typed = null }, index) => {
    const companyKey = companyName(company).core;
    const before = first.get(companyKey);
    if (before === undefined) first.set(companyKey, index);
    else {
      problems.push({
        field: `employer_for.${index}.company`,
        message: `is the same company as entry ${before} ("${named[before]?.company ?? ''}")`,
      });
    }
    const domain = typed === null ? null : domainOf(typed);
    if (typed !== null && domain === null) {
      problems.push({
        field: `employer_for.${index}.domain`,
        message: 'must be a domain name, e.g. northwind.example, without https:// and without a path',
      });
    }
    return { companyKey, company, domain };
  });
  return { companies, problems };
}

/** As addresses of the web have it: lower case, other scripts in ASCII. Null where it is none. */
function domainOf(typed: string): string | null {
  // Of an address with a path, domainToASCII would take the host.
  if (!NAME.test(typed)) return null;
  const domain = domainToASCII(typed);
  return HOST.test(domain) && isIP(domain) === 0 ? domain : null;
}
