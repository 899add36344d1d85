import { backlog } from '../../delivery/backlog.ts'
import type { Database } from '../../store/connect.ts'
import type { PauseScope } from '../../store/pauses.ts'
import type { View } from '../../web/view.ts'

/** What waits of a scope, as rows of a preview. */
export async function waitingRows(
  db: Database,
  view: View,
  now: Date,
  { destination, service, formKind }: Omit<PauseScope, 'what'>,
) {
  const { lines } = await backlog(db, now)
  const own = lines.filter(
    (line) =>
      (destination ?? line.destination) === line.destination &&
      (service ?? line.service) === line.service &&
      (formKind ?? line.formKind) === line.formKind,
  )
  const sum = (figure: 'count' | 'urgent'): number => own.reduce((total, line) => total + line[figure], 0)
  return {
    waiting: sum('count'),
    rows: [
      { name: view.t.waiting, value: view.t.deliveries(sum('count')) },
      { name: view.t.urgentWaiting, value: view.f.number(sum('urgent')) },
    ],
  }
}
