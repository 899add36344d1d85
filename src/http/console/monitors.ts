import { monitorOf } from '../../care/monitor.ts'
import { tellMonitor } from '../../care/tell.ts'
import { withheldFor } from '../../checking/withheld.ts'
import { parseRecordName } from '../../kernel/ids.ts'
import { transitionsOf } from '../../store/item-states.ts'
import { monitorPage, type ItemState } from '../../web/pages/monitor.tsx'
import { stateWord } from '../../web/parts/states.ts'
import { csv, sendCsv } from './csv.ts'
import type { ConsoleDeps } from './deps.ts'
import { passGate } from './patient-gate.ts'
import { patientBar } from './results.ts'
import type { Screens } from './screens.ts'
import { tellWithheld } from './tell-withheld.ts'

const changesShown = 20

/** The monitors of one patient: every item with its state, what it rests on, and what would change it. */
export function patientMonitorScreen(screens: Screens, deps: ConsoleDeps): void {
  screens.show('/patients/:index/monitors.csv', 'see-patient', async (visit) => {
    const gate = await passGate(deps, visit, 'monitors')
    if (gate.state === 'asks') return gate.page
    const { view, reply } = visit
    const told = (await monitorOf(deps.care, deps.db, gate.patient, deps.now())).map((one) =>
      tellMonitor(one, view.language),
    )
    const rows = told.flatMap(({ title, items }) =>
      items.map((item) => [title, item.title, stateWord(item.state, view.language), item.sentences.join(' ')]),
    )
    const words = view.t.lab
    const heads = [words.nav.monitors, words.monitor.item, view.t.state, words.monitor.because]
    return sendCsv(reply, 'monitors.csv', csv(heads, rows))
  })
  screens.show('/patients/:index/monitors', 'see-patient', async (visit) => {
    const gate = await passGate(deps, visit, 'monitors')
    if (gate.state === 'asks') return gate.page
    const { patient, purpose } = gate
    const { view } = visit
    const now = deps.now()
    const [monitors, withheld, changes] = await Promise.all([
      monitorOf(deps.care, deps.db, patient, now),
      withheldFor(deps, patient),
      transitionsOf(deps.db, patient, changesShown),
    ])
    const told = monitors.map((monitor) => tellMonitor(monitor, view.language))
    const nameOf = (monitor: string, item: string): string =>
      told.find((one) => one.monitor === monitor)?.items.find((one) => one.item === item)?.title ?? item
    return monitorPage(view, {
      asOf: now.toISOString(),
      patient: await patientBar(deps, patient, purpose, null),
      monitors: told.map(({ title, version, practice, items, notes }) => ({
        name: title,
        version,
        practice,
        sentences: notes,
        items: items.map(({ item, title: name, state, sentences, evidence }) => ({
          id: item,
          name,
          state,
          sentences,
          evidence: evidence.map(({ day, source, original, record }) => ({
            day,
            source,
            original,
            receipt: parseRecordName(record)?.receipt ?? record,
          })),
        })),
      })),
      withheld: tellWithheld(view, withheld, visit.session.person.role),
      changes: changes.map(({ monitor, item, from, to, at, cause, receivedAt }) => ({
        item: nameOf(monitor, item),
        from: from as ItemState | null,
        state: to as ItemState,
        cause,
        at: at.toISOString(),
        lagSeconds: receivedAt === null ? null : Math.max(0, (at.getTime() - receivedAt.getTime()) / 1_000),
      })),
    })
  })
}
