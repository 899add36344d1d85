import { isPurpose, logAccess, type Purpose } from '../../access/access-log.ts'
import { decide, withheldByRule, worklist, type WorklistRecord } from '../../checking/withheld.ts'
import { SluisError } from '../../kernel/errors.ts'
import { parseRecordName, recordName } from '../../kernel/ids.ts'
import { runningOverrides, type Decision } from '../../store/overrides.ts'
import { recordsByPlace } from '../../store/records.ts'
import { withheldPage as withheldPageOf, type WithheldChoice } from '../../store/visibility.ts'
import { withheldBySender } from '../../store/withheld-counts.ts'
import { addresses } from '../../web/addresses.ts'
import { withheldDecisionPage, type WithheldDecision } from '../../web/pages/withheld-decision.tsx'
import { withheldPage, type WithheldPage } from '../../web/pages/withheld.tsx'
import type { View } from '../../web/view.ts'
import { streamCsv, type CsvPart } from './csv.ts'
import type { ConsoleDeps } from './deps.ts'
import { queryText, readReason, type Form } from './forms.ts'
import { actorName } from './names.ts'
import { patientPurposes } from './patient-gate.ts'
import type { Done, Screens, Shown, Visit } from './screens.ts'
import { plain } from './tell-withheld.ts'
import { withheldUndoScreens } from './withheld-undo.ts'

const recordsShown = 25
const sampleShown = 5
const decidedShown = 10

/** What is withheld now, and the decisions of people about single records or a whole choice. */
export function withheldScreens(screens: Screens, deps: ConsoleDeps): void {
  screens.show(addresses.withheld(), 'see-withheld', (visit) => showList(deps, visit))
  for (const decision of ['release', 'confirm'] as const) {
    screens.show(addresses.withheldAct(decision), 'decide-withheld', async (visit) => {
      const chosen = chosenOf((name) => queryText(visit.request.query, name), recordsOf(visit.request.query))
      const purpose = queryText(visit.request.query, 'purpose')
      // The preview shows values of records: without a purpose the list asks for it first.
      if (!isPurpose(purpose)) return visit.reply.redirect(addresses.withheld(asTexts(chosen)), 303)
      return withheldDecisionPage(visit.view, await preview(deps, visit, decision, chosen, purpose))
    })
    screens.act(addresses.withheldAct(decision), 'decide-withheld', (visit, form) =>
      perform(deps, visit, decision, form),
    )
  }
  withheldUndoScreens(screens, deps)
  screens.show(addresses.withheldCsv(), 'see-withheld', (visit) => sendList(deps, visit))
}

const linesAtOnce = 10_000

/** The choice as a table: which records, whose and by which rule; no value of a record stands in it. */
async function sendList(deps: ConsoleDeps, { request, reply }: Visit): Promise<Shown> {
  const chosen = chosenOf((name) => queryText(request.query, name), [])
  const heads = ['record', 'sender', 'pack', 'rule', 'activation', 'since', 'received']
  return streamCsv(reply, 'withheld.csv', heads, (after: number | null) => sheetOf(deps, choiceOf(chosen), after ?? 0))
}

async function sheetOf(deps: ConsoleDeps, choice: WithheldChoice, after: number): Promise<CsvPart<number>> {
  const found = await withheldPageOf(deps.db, choice, after, linesAtOnce)
  const stored = new Map((await recordsByPlace(deps.db, found)).map((one) => [one.id, one]))
  const rows = found.map(({ record, sender, pack, rule, activation, since, receivedAt }) => {
    const found = stored.get(record)
    const name = found === undefined ? '' : recordName(found.receipt, found.ordinal)
    return [name, sender, pack, rule, activation ?? '', since.toISOString(), receivedAt.toISOString()]
  })
  return { rows, next: found.length < linesAtOnce ? null : found.at(-1)!.record }
}

type Chosen = WithheldDecision['chosen']

const chosenOf = (text: (name: string) => string, records: readonly string[]): Chosen => ({
  client: text('client'),
  pack: text('pack'),
  rule: text('rule'),
  records,
})

const asTexts = ({ client, pack, rule }: Chosen) => ({ client, pack, rule })

/** The records ticked; each a number, one or many. */
function recordsOf(query: unknown): string[] {
  const { record } = query as { record?: unknown }
  return [record].flat().filter((one): one is string => typeof one === 'string' && /^\d{1,15}$/.test(one))
}

const orNull = (text: string): string | null => (text === '' ? null : text)

const choiceOf = ({ client, pack, rule, records }: Chosen): WithheldChoice => ({
  clientId: orNull(client),
  pack: orNull(pack),
  rule: orNull(rule),
  records: records.length === 0 ? null : records.map(Number),
})

async function showList(deps: ConsoleDeps, visit: Visit): Promise<string> {
  const { view, request } = visit
  const chosen = chosenOf((name) => queryText(request.query, name), [])
  const after = Number(queryText(request.query, 'after')) || 0
  const lines = await withheldByRule(deps)
  const purpose = queryText(request.query, 'purpose')
  const { records, next } = isPurpose(purpose)
    ? await listed(deps, visit, choiceOf(chosen), after, purpose)
    : { records: [], next: null }
  const address = addresses.withheld({ ...asTexts(chosen), purpose, after: String(next) })
  return withheldPage(view, {
    asOf: deps.now().toISOString(),
    total: sumOf(await withheldBySender(deps.db, everything)),
    groups: lines.map((line) => ({
      clientId: line.clientId,
      source: line.sender,
      pack: line.pack,
      rule: line.rule,
      why: plain(line.text?.[view.language] ?? ''),
      count: line.count,
      since: line.since.toISOString(),
    })),
    purpose: isPurpose(purpose) ? purpose : null,
    purposes: patientPurposes,
    chosen: asTexts(chosen),
    sources: [...new Map(lines.map((line) => [line.clientId, line.sender]))].map(([id, name]) => ({ id, name })),
    rules: [...new Set(lines.map(({ rule }) => rule).filter((rule) => rule !== ''))],
    records: records.map((row) => ({
      record: String(row.record),
      receipt: parseRecordName(row.name)?.receipt ?? row.name,
      source: row.sender,
      rule: row.rule,
      why: row.text?.[view.language] ?? '',
      since: row.since.toISOString(),
      receivedAt: row.receivedAt.toISOString(),
    })),
    chosenCount: sumOf(await withheldBySender(deps.db, choiceOf(chosen))),
    next: next === null ? null : address,
    decided: await decided(deps, view),
  })
}

const everything: WithheldChoice = { clientId: null, pack: null, rule: null, records: null }

const sumOf = (lines: readonly { readonly count: number }[]): number => lines.reduce((sum, line) => sum + line.count, 0)

async function listed(deps: ConsoleDeps, visit: Visit, choice: WithheldChoice, after: number, purpose: Purpose) {
  const found = await worklist(deps, choice, after, recordsShown)
  await logReading(deps, visit, found.records, purpose)
  return found
}

/** Values of records stand in the sentences of rules: whoever sees them has read them. */
async function logReading(
  deps: ConsoleDeps,
  { session, request }: Visit,
  records: readonly WorklistRecord[],
  purpose: Purpose,
): Promise<void> {
  const { login, role } = session.person
  for (const { record } of records) {
    const origin = `console ${request.ip}`
    await logAccess(deps.db, {
      actor: login,
      role,
      what: 'withheld',
      purpose,
      outcome: 'given',
      record,
      origin,
    })
  }
}

async function decided(deps: ConsoleDeps, view: View): Promise<WithheldPage['decided']> {
  const rows = await runningOverrides(deps.db, decidedShown)
  const stored = new Map((await recordsByPlace(deps.db, rows)).map((one) => [one.id, one]))
  return rows.map((row) => ({
    id: String(row.id),
    record: String(row.record),
    receipt: stored.get(row.record)?.receipt ?? recordName('', row.record),
    state: row.decision === 'release' ? 'released' : 'confirmed',
    by: actorName(view, row.actor),
    why: row.why,
    at: row.at.toISOString(),
  }))
}

async function preview(
  deps: ConsoleDeps,
  visit: Visit,
  decision: Decision,
  chosen: Chosen,
  purpose: Purpose,
): Promise<WithheldDecision> {
  const { view } = visit
  const sample = await worklist(deps, choiceOf(chosen), 0, Math.max(sampleShown, chosen.records.length))
  await logReading(deps, visit, sample.records, purpose)
  const bySource = (await withheldBySender(deps.db, choiceOf(chosen))).map(({ sender, count }) => ({
    source: sender,
    count,
  }))
  return {
    decision,
    count: sumOf(bySource),
    bySource,
    sample: sample.records.slice(0, sampleShown).map((row) => ({
      record: String(row.record),
      source: row.sender,
      why: row.text?.[view.language] ?? row.rule,
    })),
    chosen,
    purpose,
    reason: '',
    faults: [],
    changed: false,
    back: addresses.withheld({ ...asTexts(chosen), purpose }),
  }
}

async function perform(deps: ConsoleDeps, visit: Visit, decision: Decision, form: Form): Promise<Done> {
  const { view, session } = visit
  const records = form
    .text('records')
    .split(' ')
    .filter((one) => /^\d{1,15}$/.test(one))
  const chosen = chosenOf((name) => form.text(name), records)
  const purpose = form.text('purpose')
  if (!isPurpose(purpose)) return { state: 'done', to: addresses.withheld(asTexts(chosen)) }
  const reason = readReason(form)
  if (reason === null) {
    const faults = [{ field: 'reason', sentence: view.t.reasonShort }]
    const again = await preview(deps, visit, decision, chosen, purpose)
    const page = withheldDecisionPage(view, { ...again, faults, reason: form.text('reason') })
    return { state: 'asks', page, refusal: new SluisError('reason-short') }
  }
  const wish = { choice: choiceOf(chosen), decision, actor: session.person.login, why: reason }
  try {
    await decide(deps.db, { ...wish, expected: Number(form.text('expected')) })
  } catch (error) {
    // More or fewer than were shown: they are shown again, with the reason kept.
    if (!(error instanceof SluisError && /^(withheld-choice-changed|record-not-withheld)$/.test(error.code)))
      throw error
    const again = await preview(deps, visit, decision, chosen, purpose)
    const page = withheldDecisionPage(view, { ...again, changed: true, reason })
    return { state: 'asks', page, refusal: error }
  }
  return { state: 'done', to: addresses.withheld({ ...asTexts(chosen), purpose }) }
}
