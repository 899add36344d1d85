import { logAccess } from '../../access/access-log.ts'
import { practiceMonitors, type PracticeFilter, type PracticeMonitors } from '../../care/practice.ts'
import { SluisError } from '../../kernel/errors.ts'
import { listPeople } from '../../store/people.ts'
import { readersOfPractice, setPracticeReaders } from '../../store/practice-readers.ts'
import { addresses } from '../../web/addresses.ts'
import { practicePage, type PracticePage } from '../../web/pages/practice.tsx'
import type { ItemState } from '../../web/pages/monitor.tsx'
import { stateWord } from '../../web/parts/states.ts'
import type { View } from '../../web/view.ts'
import { csv, sendCsv, streamCsv, type CsvPart } from './csv.ts'
import type { ConsoleDeps } from './deps.ts'
import { queryText, readReason } from './forms.ts'
import { practicesFor } from './patient-gate.ts'
import type { Screens, Shown, Visit } from './screens.ts'

const patientsShown = 25

/** The monitors of a practice with filter and counts, and who reads it. */
export function practiceScreens(screens: Screens, deps: ConsoleDeps): void {
  screens.show(addresses.practices(), 'see-practice', (visit) => showPractice(deps, visit))
  screens.show(addresses.practicesCsv(), 'see-practice', (visit) => sendPractice(deps, visit))
  screens.act(addresses.practiceReaders, 'manage-people', async (visit, form) => {
    const practice = form.text('practice')
    const reason = readReason(form)
    if (reason === null) throw new SluisError('reason-short')
    const readers = form
      .text('readers')
      .split(/[\s,;]+/)
      .filter((login) => login !== '')
    const known = new Set((await listPeople(deps.db)).filter(({ role }) => role === 'reader').map(({ login }) => login))
    const lost = readers.find((login) => !known.has(login))
    if (lost !== undefined) throw new SluisError('reader-unknown', { login: lost.slice(0, 60) })
    await setPracticeReaders(deps.db, { practice, readers, by: visit.session.person.login, why: reason }, deps.now())
    return { state: 'done', to: addresses.practices({ practice }) }
  })
}

async function showPractice(deps: ConsoleDeps, visit: Visit): Promise<string> {
  const { request, view, session } = visit
  const practices = await practicesFor(deps, session.person)
  const wished = queryText(request.query, 'practice')
  const chosen = practices.find((one) => one === wished) ?? practices[0] ?? null
  const [state, item] = [queryText(request.query, 'state'), queryText(request.query, 'item')]
  const empty = { asOf: deps.now().toISOString(), practices, chosen, filter: { state, item } }
  if (chosen === null) {
    return practicePage(view, {
      ...empty,
      items: [],
      counts: [],
      patients: [],
      people: 0,
      range: noRange,
      readers: null,
    })
  }
  await noteReading(deps, visit, chosen)
  const { offset, place } = readCursor(queryText(request.query, 'after'))
  const found = await practiceMonitors(
    deps.care,
    deps.db,
    chosen,
    filterOf(state, item),
    { after: place, limit: patientsShown },
    deps.now(),
  )
  const readers = session.person.role === 'operator' ? await readersOfPractice(deps.db, chosen) : null
  return practicePage(view, {
    ...empty,
    ...told(deps, view, found, { state, item }),
    people: found.patients,
    range: rangeOf(found, offset),
    readers,
  })
}

/** The names of patients stand on the page and in the sheet: whoever opens one has read of them. */
async function noteReading(deps: ConsoleDeps, { session, request }: Visit, practice: string): Promise<void> {
  await logAccess(deps.db, {
    actor: session.person.login,
    role: session.person.role,
    what: 'monitors',
    purpose: 'care',
    outcome: 'given',
    origin: `console ${request.ip} practice ${practice}`,
  })
}

const patientsAtOnce = 1_000

/** What the page shows under its filter, of every patient, one line an item. */
async function sendPractice(deps: ConsoleDeps, visit: Visit): Promise<Shown> {
  const { request, view, session, reply } = visit
  const practices = await practicesFor(deps, session.person)
  const wished = queryText(request.query, 'practice')
  const practice = practices.find((one) => one === wished) ?? practices[0]
  const words = view.t.lab
  const heads = [words.practice.patient, words.patient.birth, words.monitor.item, view.t.state]
  if (practice === undefined) return sendCsv(reply, 'monitors.csv', csv(heads, []))
  await noteReading(deps, visit, practice)
  const filter = { state: queryText(request.query, 'state'), item: queryText(request.query, 'item') }
  const read = async (after: string | null): Promise<CsvPart<string>> => {
    const place = { after, limit: patientsAtOnce }
    const meant = filterOf(filter.state, filter.item)
    const found = await practiceMonitors(deps.care, deps.db, practice, meant, place, deps.now())
    const rows = told(deps, view, found, filter).patients.flatMap(({ name, birthDate, items }) =>
      items.map((item) => [name ?? '', birthDate ?? '', item.name, stateWord(item.state, view.language)]),
    )
    return { rows, next: found.next }
  }
  return streamCsv(reply, `monitors-${practice}.csv`, heads, read)
}

const noRange = { from: 0, to: 0, total: 0, before: null, after: null }

function rangeOf({ total, page, next }: PracticeMonitors, offset: number): PracticePage['range'] {
  const to = offset + page.length
  return { from: Math.min(offset + 1, to), to, total, before: null, after: next === null ? null : `${to}~${next}` }
}

/** How many came before, and the place where they end. */
function readCursor(text: string): { offset: number; place: string | null } {
  const found = /^(\d{1,7})~([0-9a-f]{32} [a-z0-9-]+)$/.exec(text)
  return found === null ? { offset: 0, place: null } : { offset: Number(found[1]), place: found[2] ?? null }
}

/** An item is chosen as `monitor item`. */
function filterOf(state: string, item: string): PracticeFilter {
  const [monitor, id] = item.split(' ')
  return {
    ...(state !== '' && { state: state as ItemState }),
    ...(monitor !== undefined && id !== undefined && { monitor, item: id }),
  }
}

function told(
  deps: ConsoleDeps,
  view: View,
  { counts, page }: PracticeMonitors,
  filter: { readonly state: string; readonly item: string },
): Pick<PracticePage, 'items' | 'counts' | 'patients'> {
  const totals = new Map<ItemState, number>()
  for (const own of Object.values(counts))
    for (const [state, n] of Object.entries(own) as [ItemState, number][])
      totals.set(state, (totals.get(state) ?? 0) + n)
  const items = Object.keys(counts).map((key) => {
    const [monitor = '', item = ''] = key.split(' ')
    const definition = deps.care.definitions.findLast(({ name }) => name === monitor)
    const title = definition?.items.find(({ id }) => id === item)?.texts[view.language] ?? item
    return { id: key, name: `${definition?.texts[view.language] ?? monitor}: ${title}` }
  })
  return {
    items,
    counts: [...totals].map(([state, count]) => ({ state, count })),
    patients: page.map(({ patient, monitor, person, display }) => ({
      index: patient.toString('hex'),
      name: person.name,
      birthDate: person.birthDate,
      items: display.items
        .filter((one) => isMeant(one, monitor, filter))
        .map((one) => ({
          name: display.definition.items.find(({ id }) => id === one.item)?.texts[view.language] ?? one.item,
          state: one.state,
        })),
    })),
  }
}

/** Without a filter what needs somebody: red or not certain. */
function isMeant(
  one: { readonly item: string; readonly state: ItemState },
  monitor: string,
  filter: { readonly state: string; readonly item: string },
): boolean {
  if (filter.item !== '') return `${monitor} ${one.item}` === filter.item
  if (filter.state !== '') return one.state === filter.state
  return one.state !== 'green' && one.state !== 'not-applicable'
}
