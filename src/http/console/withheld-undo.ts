import { undecide } from '../../checking/withheld.ts'
import { SluisError } from '../../kernel/errors.ts'
import { runningOverride } from '../../store/overrides.ts'
import { recordsByPlace } from '../../store/records.ts'
import { addresses } from '../../web/addresses.ts'
import { withheldUndoPage, type WithheldUndo } from '../../web/pages/withheld-undo.tsx'
import type { View } from '../../web/view.ts'
import type { ConsoleDeps } from './deps.ts'
import { queryText, readReason } from './forms.ts'
import { actorName } from './names.ts'
import type { Screens } from './screens.ts'

/** Takes back what a person decided of one record, with a reason; the packs alone count again. */
export function withheldUndoScreens(screens: Screens, deps: ConsoleDeps): void {
  const path = addresses.withheldAct('undecide')
  screens.show(path, 'decide-withheld', async ({ request, view }) => {
    const record = queryText(request.query, 'record')
    return withheldUndoPage(view, { record, decided: await decidedOf(deps, view, record), reason: '', fault: null })
  })
  screens.act(path, 'decide-withheld', async ({ view, session }, form) => {
    const [record, reason] = [form.text('record'), readReason(form)]
    const asks = async (fault: string | null, refusal: SluisError) => {
      const decided = await decidedOf(deps, view, record)
      const page = withheldUndoPage(view, { record, decided, reason: form.text('reason'), fault })
      return { state: 'asks', page, refusal } as const
    }
    if (reason === null) return asks(view.t.reasonShort, new SluisError('reason-short'))
    try {
      await undecide(deps.db, [numberOf(record)], session.person.login, reason)
    } catch (error) {
      // Taken back or replaced by somebody else in between: the page says so.
      if (error instanceof SluisError && error.code === 'record-not-withheld') return asks(null, error)
      throw error
    }
    return { state: 'done', to: addresses.withheld() }
  })
}

const numberOf = (text: string): number => (/^\d{1,15}$/.test(text) ? Number(text) : 0)

async function decidedOf({ db }: ConsoleDeps, view: View, record: string): Promise<WithheldUndo['decided']> {
  const row = await runningOverride(db, numberOf(record))
  if (row === null) return null
  const [stored] = await recordsByPlace(db, [row])
  return {
    state: row.decision === 'release' ? 'released' : 'confirmed',
    receipt: stored?.receipt ?? '',
    by: actorName(view, row.actor),
    why: row.why,
    at: row.at.toISOString(),
  }
}
