import type { ErrorRow } from '../../src/kernel/errors/row.ts'
import { languages } from '../../src/kernel/language.ts'

const head = `# What the hub says when something is not as it should be

Written from the table of errors in \`src/kernel/errors/\`; do not edit it by hand. A test holds the two equal, and
\`UPDATE_DOCS=1 npx vitest run tests/architecture\` writes this page again.

*Temporary* means: the same thing may succeed later without anybody changing it. A name in braces stands for a value.
`

const actors = {
  sender: 'the sender acts',
  operator: 'the operator acts',
  destination: 'the destination acts',
  nobody: 'nobody needs to act',
} as const

/** The page docs/errors.md for a table of errors. */
export function errorPage(table: Readonly<Record<string, ErrorRow>>): string {
  const entries = Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1))
  const sections = entries.map(([code, row]) => {
    const facts = `Status ${row.status}, ${row.temporary ? 'temporary' : 'not temporary'}, ${actors[row.actor]}.`
    return `## ${code}\n\n${facts}\n\n${languages.map((language) => `- ${language}: ${row.text[language]}`).join('\n')}\n`
  })
  return [head, ...sections].join('\n')
}

/** How a page differs from its table: codes that miss on either side, then texts. */
export function errorPageFaults(page: string, table: Readonly<Record<string, ErrorRow>>): string[] {
  const told = [...page.matchAll(/^## (\S+)$/gm)].map((match) => match[1]!)
  const missing = Object.keys(table).filter((code) => !told.includes(code))
  const unknown = told.filter((code) => !(code in table))
  const faults = [
    ...missing.map((code) => `${code} does not stand in docs/errors.md`),
    ...unknown.map((code) => `${code} of docs/errors.md is not in the table`),
  ]
  if (faults.length > 0) return faults
  return page === errorPage(table) ? [] : ['docs/errors.md says it otherwise than the table']
}
