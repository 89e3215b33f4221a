interface PageRequest {
  page?: number;
  per_page?: number;
}

export function windowOf({ page = 1, per_page = 20 }: PageRequest): { limit: number; offset: number } {
  return { limit: per_page, offset: (page - 1) * per_page };
}

/** The house's head of a page; the rows stand beside it under their plural. */
export function pageHead({ page = 1, per_page = 20 }: PageRequest, total: number) {
  return { total, page, per_page, total_pages: Math.ceil(total / per_page) };
}
