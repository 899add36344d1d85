/** What one check found; a bad one says what to do. */
export type Check =
  | { readonly what: string; readonly state: 'good'; readonly says: string }
  | { readonly what: string; readonly state: 'bad'; readonly says: string; readonly todo: string }

export const good = (what: string, says: string): Check => ({ what, state: 'good', says })

export const bad = (what: string, says: string, todo: string): Check => ({ what, state: 'bad', says, todo })
