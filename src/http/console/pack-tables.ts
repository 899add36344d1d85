import type { LabTables, TableRow } from '../../formats/lab/tables.ts'
import { SluisError } from '../../kernel/errors.ts'
import type { Language } from '../../kernel/language.ts'
import { tablesIn } from '../../ledger/tables.ts'
import { addresses } from '../../web/addresses.ts'
import { packTablesPage, tableKinds, type PackTablesPage } from '../../web/pages/pack-tables.tsx'
import type { ConsoleDeps } from './deps.ts'
import { queryText } from './forms.ts'
import { versionsOf } from './pack.ts'
import type { Screens } from './screens.ts'

const shownAtMost = 200

/** What codes and units of laboratories mean by one version of a pack, with a filter. */
export function packTablesScreen(screens: Screens, deps: ConsoleDeps): void {
  screens.show('/packs/:name/versions/:version/tables', 'see-packs', async ({ request, view }) => {
    const { name, version } = request.params as { name: string; version: string }
    const stored = (await versionsOf(deps, name)).find(({ body }) => body.version === version)
    const tables = stored === undefined ? null : tablesIn(stored.body)
    if (tables === null)
      throw new SluisError('not-found', { path: addresses.packTables(name.slice(0, 60), version.slice(0, 20)) })
    const wished = queryText(request.query, 'kind')
    const kind = tableKinds.find((one) => one === wished) ?? null
    const text = queryText(request.query, 'q').trim()
    const rows = tables.rows.map((row) => tellRow(row, tables, view.language))
    const found = rows.filter((row) => (kind === null || row.kind === kind) && holds(row, text.toLowerCase()))
    return packTablesPage(view, {
      pack: name,
      version,
      tables: tables.id,
      counts: Object.fromEntries(
        tableKinds.map((one) => [one, rows.filter((row) => row.kind === one).length]),
      ) as PackTablesPage['counts'],
      kind,
      text,
      found: found.length,
      rows: found.slice(0, shownAtMost),
    })
  })
}

type Row = PackTablesPage['rows'][number]

function holds({ source, sent, title, means }: Row, text: string): boolean {
  return [source ?? '', sent, title ?? '', ...means].some((one) => one.toLowerCase().includes(text))
}

/** A line as it is read: a code with the name of what it stands for, an analyte with its unit and codes. */
function tellRow({ kind, source, sent, means }: TableRow, tables: LabTables, language: Language): Row {
  const row = { kind, source, sent }
  if (kind === 'code') {
    const meant = tables.byLoinc.get(means)?.analyte.title[language] ?? null
    return { ...row, title: meant, means: [`LOINC ${means}`] }
  }
  if (kind === 'system') return { ...row, title: null, means: means.split(' ') }
  const analyte = kind === 'analyte' ? tables.analytes.get(sent) : undefined
  if (analyte === undefined) return { ...row, title: null, means: [means] }
  const codes = Object.keys(analyte.loinc).map((code) => `LOINC ${code}`)
  const numbers = analyte.nhg45.map((number) => `NHG 45 ${number}`)
  return { ...row, title: analyte.title[language], means: [analyte.unit ?? '', ...codes, ...numbers].filter(Boolean) }
}
