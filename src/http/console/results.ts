import { flagsFor, type Flag } from '../../checking/flags.ts'
import { withheldFor } from '../../checking/withheld.ts'
import type { InterpretedObservation, Moment, ObservationValue } from '../../formats/lab/observation.ts'
import type { Language } from '../../kernel/language.ts'
import { enrolmentsOf } from '../../store/enrolments.ts'
import {
  reasonsOfPatient,
  versionsOfPatient,
  type IndexedVersion,
  type WithheldReason,
} from '../../store/result-search.ts'
import { openPerson } from '../../care/evaluate.ts'
import { resultsPage, type Measurement, type ResultLine } from '../../web/pages/results.tsx'
import type { PatientBar } from '../../web/parts/patient-bar.tsx'
import { unitText } from '../../web/unit.ts'
import type { View } from '../../web/view.ts'
import { momentOf, openContents, resultsFrom, type Result } from '../fhir/results.ts'
import type { ConsoleDeps } from './deps.ts'
import { passGate } from './patient-gate.ts'
import { resultState } from './result-state.ts'
import type { Screens } from './screens.ts'
import { bandOf } from './target-band.ts'
import { plain, tellWithheld } from './tell-withheld.ts'

/** Two years of a patient who is seen every month, with room; older ones are told to be there. */
const versionsAtMost = 1_500

export function resultsScreen(screens: Screens, deps: ConsoleDeps): void {
  screens.show('/patients/:index', 'see-patient', async (visit) => {
    const gate = await passGate(deps, visit, 'results')
    if (gate.state === 'asks') return gate.page
    const { patient, purpose } = gate
    const versions = await versionsOfPatient(deps.db, patient, versionsAtMost)
    const [contents, reasons, withheld, flags] = await Promise.all([
      openContents({ db: deps.db, vault: deps.vault, tablesFor: deps.care.tablesFor }, versions),
      reasonsOfPatient(deps.db, patient),
      withheldFor(deps, patient),
      flagsFor(deps, versions),
    ])
    const texts = new Map(withheld.map((line) => [`${line.pack} ${line.rule}`, line.text]))
    const why = (reason: WithheldReason, language: Language) =>
      plain(texts.get(`${reason.pack} ${reason.rule}`)?.[language] ?? '')
    const facts: Facts = { view: visit.view, contents, reasons, why, flags }
    const results = resultsFrom(versions)
    const told = newestShown(facts, versions, results)
    return resultsPage(visit.view, {
      asOf: deps.now().toISOString(),
      patient: await patientBar(deps, patient, purpose, told),
      measurements: await measurementsOf(deps, patient, facts, results),
      withheld: tellWithheld(visit.view, withheld, visit.session.person.role),
      cut: versions.length === versionsAtMost,
    })
  })
}

interface Facts {
  readonly view: View
  readonly contents: ReadonlyMap<number, InterpretedObservation>
  readonly reasons: ReadonlyMap<number, WithheldReason>
  readonly why: (reason: WithheldReason, language: Language) => string
  readonly flags: ReadonlyMap<number, readonly Flag[]>
}

/** The newest contents that may be shown: a result that is withheld or taken back may name somebody else. */
function newestShown(
  facts: Facts,
  versions: readonly IndexedVersion[],
  results: readonly Result[],
): InterpretedObservation | null {
  const takenBack = new Set(results.flatMap((result) => [...result.takenBack]))
  const newest = versions.find((one) => isShown(facts, one) && !takenBack.has(one.record))
  return (newest && facts.contents.get(newest.record)) ?? null
}

/** Who the patient is: as the care team enrolled, else as the last result that is shown says. */
export async function patientBar(
  deps: ConsoleDeps,
  patient: Buffer,
  purpose: string,
  result: InterpretedObservation | null,
): Promise<PatientBar> {
  const [enrolment] = await enrolmentsOf(deps.db, [patient])
  const index = patient.toString('hex')
  if (enrolment !== undefined) {
    const { name, birthDate, identifier } = await openPerson(deps.care, enrolment)
    return { index, purpose, name, birthDate, identifier }
  }
  const told = result?.patient
  const name = told === undefined ? '' : `${told.givenName} ${told.familyName}`.trim()
  return {
    index,
    purpose,
    name: name === '' ? null : name,
    birthDate: told === undefined || told.birthDate === '' ? null : told.birthDate,
    identifier: told?.identifiers[0]?.value ?? null,
  }
}

/** Results of one analyte together, most measured first; what no table knows stands under its own code. */
async function measurementsOf(
  deps: ConsoleDeps,
  patient: Buffer,
  facts: Facts,
  results: readonly Result[],
): Promise<Measurement[]> {
  const nameOf = (result: Result): string =>
    facts.contents.get(result.current.record)?.mapped.analyte ?? result.current.code
  const groups = [...Map.groupBy(results, nameOf)].toSorted((a, b) => b[1].length - a[1].length)
  const measurements: Measurement[] = []
  for (const [id, own] of groups) measurements.push(await measurementOf(deps, patient, facts, id, own))
  return measurements
}

async function measurementOf(
  deps: ConsoleDeps,
  patient: Buffer,
  facts: Facts,
  id: string,
  results: readonly Result[],
): Promise<Measurement> {
  const { view, contents } = facts
  const newest = results.toSorted((a, b) => b.at - a.at)
  const visible = newest.filter(({ current }) => isShown(facts, current) && !isWithdrawn(current))
  const first = firstContent(contents, newest)
  const tables = (await deps.care.tablesFor(deps.db)).of(newest[0]?.current.senderId ?? 0)
  const known = tables.analytes.get(id)
  const unit =
    visible.map(({ current }) => contents.get(current.record)?.mapped.canonical?.unit).find((one) => one) ?? ''
  const plotted = visible.flatMap((result) => {
    const content = contents.get(result.current.record)
    const canonical = content?.mapped.canonical
    if (canonical == null) return []
    const { of, written } = writtenOf(result.current, content)
    return [{ at: new Date(result.at).toISOString(), written, sampled: of === 'sampled', value: canonical.value }]
  })
  return {
    id,
    name: known?.title[view.language] ?? first?.code.original.text ?? id,
    unit: unitText(unit, view.language),
    // Without a value that is shown there is no plot; the range of one that is not shown is not shown either.
    band: await bandOf(deps, view, patient, id, firstContent(contents, visible) ?? null, tables),
    plotted: plotted.toReversed(),
    lines: newest.map((result) => lineOf(facts, result, unit)),
  }
}

const firstContent = (contents: Facts['contents'], results: readonly Result[]): InterpretedObservation | undefined =>
  results.map(({ current }) => contents.get(current.record)).find((one) => one !== undefined)

/** Neither withheld nor still to be checked: what no rule has looked at yet, a rule may withhold. */
const isShown = ({ reasons }: Facts, { record, checked }: IndexedVersion): boolean => checked && !reasons.has(record)

function lineOf(facts: Facts, result: Result, unit: string): ResultLine {
  const { current, versions } = result
  const told = (version: IndexedVersion) => versionLine(facts, version, unit, result.takenBack.has(version.record))
  const line = told(current)
  return {
    ...line,
    state: isShown(facts, current) && result.contradicted ? 'conflict' : line.state,
    // A version that is withheld or not checked yet shows no value, whichever place it has; neither does one that was taken
    // back, for it may be another person's, and a value sent after it changes nothing of that.
    earlier: versions
      .filter((one) => one !== current)
      .toReversed()
      .map((one) => ({ ...told(one), earlier: [] })),
  }
}

function versionLine(facts: Facts, version: IndexedVersion, unit: string, takenBack: boolean): ResultLine {
  const { view, contents, reasons, why, flags } = facts
  const content = contents.get(version.record)
  const reason = reasons.get(version.record)
  const canonical = content?.mapped.canonical
  const sent = content === undefined ? null : sentValue(content.value)
  const may = isShown(facts, version)
  const shown = may && !takenBack
  const converted = canonical == null ? null : `${canonical.value} ${unitText(canonical.unit, view.language)}`
  return {
    receipt: version.receipt,
    state: may
      ? takenBack
        ? 'withdrawn'
        : resultState(version.status)
      : reason === undefined
        ? 'not-checked'
        : 'withheld',
    at: new Date(momentOf(version)).toISOString(),
    moment: writtenOf(version, content),
    original: shown ? sent : null,
    // Only when the laboratory wrote another unit: 7.0 and 7 of one unit are no conversion.
    converted: shown && unit !== '' && content?.mapped.ucum !== canonical?.unit ? converted : null,
    range: shown ? (content?.referenceRange?.text ?? '') : '',
    flags: shown ? (content?.interpretation.join(' ') ?? '') : '',
    source: version.sender,
    code: content === undefined ? version.code : codeText(content),
    notes: shown ? (content?.notes ?? []) : [],
    remarks: shown
      ? (flags.get(version.record) ?? []).map(({ rule, text }) => ({ rule, sentence: text[view.language] }))
      : [],
    receivedAt: version.receivedAt.toISOString(),
    withheld:
      reason === undefined
        ? null
        : {
            rule: reason.rule === '' ? view.t.lab.withheld.byHand : reason.rule,
            since: reason.since.toISOString(),
            why: why(reason, view.language),
          },
    earlier: [],
  }
}

/** What the moment of a version is, and as it was written where the laboratory gave no time of the day. */
function writtenOf({ collectedAt, resultAt }: IndexedVersion, content?: InterpretedObservation): ResultLine['moment'] {
  const written = (moment: Moment | null | undefined): string | null =>
    moment == null || moment.precision === 'minute' || moment.precision === 'second' ? null : moment.at
  if (collectedAt !== null) return { of: 'sampled', written: written(content?.collectedAt) }
  if (resultAt !== null) return { of: 'released', written: written(content?.resultAt) }
  return { of: 'received', written: null }
}

const codeText = ({ code, mapped }: InterpretedObservation): string =>
  [
    `${code.original.system} ${code.original.code} ${code.original.text}`.trim(),
    mapped.loinc === null ? '' : `LOINC ${mapped.loinc}`,
  ]
    .filter((part) => part !== '')
    .join(' → ')

const isWithdrawn = ({ status }: IndexedVersion): boolean =>
  status === 'entered-in-error' || status === 'wrong-patient' || status === 'cancelled'

/** A value as it was sent, with its unit; null where there is none. */
function sentValue(value: ObservationValue): string | null {
  switch (value.state) {
    case 'quantity':
      return `${value.original}${value.unit === null || value.original.includes(value.unit.text) ? '' : ` ${value.unit.text}`}`
    case 'text':
      return value.text
    case 'coded':
      return value.codings.map((one) => one.text || one.code).join(', ')
    case 'document':
      return value.mediaType
    case 'several':
      return value.values.map(sentValue).join('; ')
    default:
      return value.reason
  }
}
