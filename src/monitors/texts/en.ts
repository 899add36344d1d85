import type { SentenceTexts } from './say.ts'

const states = {
  green: 'green',
  'red-overdue': 'red, overdue',
  'red-out-of-target': 'red, out of target',
  'not-applicable': 'not applicable',
  unknown: 'unknown',
}
const reasons = {
  'care-refused': 'the patient does not want this care',
  'no-longer-needed': 'no longer needed',
  'treated-elsewhere': 'treated elsewhere',
  'clinician-decided': 'decision of the clinician',
}
const troubles = {
  silent: 'has sent nothing',
  late: 'has been later than usual',
  thin: 'has sent less than usual',
  'changed-mix': 'has sent other kinds of results than usual',
  backlog: 'has had a backlog',
}
const feeds = { lab: 'the laboratory', practice: 'the practice' }
const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)

export const en: SentenceTexts = {
  'in-target': ({ shown, day, source }, say) =>
    `${say.value(shown)} on ${say.day(day)} (${source}): within the target.`,
  'out-of-target': ({ shown, day, source }, say) =>
    `${say.value(shown)} on ${say.day(day)} (${source}): outside the target.`,
  recorded: ({ shown, day, source }, say) =>
    `${shown === null ? 'Recorded' : say.value(shown)} on ${say.day(day)} (${source}).`,
  'enough-recorded': ({ count, needed }) => `Recorded ${times(count)}, ${needed} needed.`,
  'too-few': ({ count, needed, months }) => `Recorded ${times(count)} in ${months} months, ${needed} needed.`,
  'undecided-comparator': ({ shown, day, source }, say) =>
    `${say.value(shown)} on ${say.day(day)} (${source}) leaves open whether it lies within the target.`,
  'undecided-patient': ({ shown, day, source }, say) =>
    `${say.value(shown)} on ${say.day(day)} (${source}): which target holds is not known. Add birth date and treatment.`,
  overdue: ({ last, due }, say) => `Last measured on ${say.day(last)}; it counted up to and with ${say.day(due)}.`,
  'never-measured': () => 'Never measured.',
  'not-enrolled': ({ from, to }, say) =>
    from === null
      ? 'The patient does not take part in this programme.'
      : `The patient takes part from ${say.day(from)}${to === null ? '' : ` up to and with ${say.day(to)}`}.`,
  deceased: ({ on }, say) => `The patient died on ${say.day(on)}.`,
  'under-age': ({ age, until }, say) => `Applies from the age of ${age}: on ${say.day(until)}.`,
  'other-practitioner': ({ day, source }, say) =>
    `The specialist is the main practitioner, recorded on ${say.day(day)} (${source}).`,
  exempt: ({ reason, from, to }, say) =>
    `Exempt since ${say.day(from)}${to === null ? '' : ` up to and with ${say.day(to)}`}: ${reasons[reason]}.`,
  'exempt-recorded': ({ day, source }, say) => `No longer needed, recorded on ${say.day(day)} (${source}).`,
  'replaced-by': ({ other, day }, say) => `${say.text(other)} of ${say.day(day)} is newer and counts instead.`,
  'other-in-use': ({ other }, say) => `${say.text(other)} counts instead.`,
  target: ({ target, unit, personal }, say) =>
    `${personal ? 'Personal target' : 'Target'}: ${say.bounds(target)} ${unit}.`,
  window: ({ months }) => `A measurement counts for ${months} months.`,
  grade: ({ texts }, say) => `Grade: ${say.text(texts)}.`,
  alert: ({ texts }, say) => `Attention: ${say.text(texts)}.`,
  flagged: ({ rule, day }, say) => `Rule ${rule} has a remark on the result of ${say.day(day)}; it counts.`,
  'day-assumed': ({ day, from }, say) =>
    `The day of the sample is missing; ${say.day(day)} is the day of ${from === 'result' ? 'the result' : 'receipt'}.`,
  'ignored-future': ({ day, source, received }, say) =>
    `A result of ${source} dated ${say.day(day)}, received on ${say.day(received)}, does not count: its date lay in the future.`,
  'ignored-cancelled': ({ day, source }, say) => `The test of ${say.day(day)} (${source}) has no result.`,
  'ignored-withdrawn': ({ day, source }, say) => `${source} has taken back a result of ${say.day(day)}.`,
  'ignored-no-number': ({ day, source }, say) =>
    `The result of ${say.day(day)} (${source}) is no number and does not count.`,
  withheld: ({ rule, activation, since, day, source }, say) =>
    `A result of ${source} of ${say.day(day)} has not been shown since ${say.moment(since)} because of rule ${rule} (${activation}). It is kept.`,
  'under-review': ({ rule, day, source }, say) =>
    `The result of ${say.day(day)} (${source}) is under review because of rule ${rule}.`,
  'check-failed': ({ rule, day, source }, say) =>
    `Rule ${rule} could not check the result of ${say.day(day)} (${source}).`,
  'not-understood': ({ original, day, source }, say) =>
    `Code or unit of ${original} of ${say.day(day)} (${source}) is not translated; it does not count yet.`,
  preliminary: ({ day, source }, say) =>
    `The result of ${say.day(day)} (${source}) is preliminary; the final one follows.`,
  'changes-at': ({ at, state }, say) => `Without new data it becomes ${states[state]} on ${say.moment(at)}.`,
  'changes-with-value': () => 'Changes only with new data.',
  missing: ({ what, feed, sources }, say) =>
    `Missing: ${say.text(what)}. Expected from ${sources.length === 0 ? feeds[feed] : say.list(sources)}.`,
  disturbed: ({ source, from, to, why }, say) =>
    to === null
      ? `${source} ${troubles[why]} since ${say.moment(from)}.`
      : `${source}: disturbed from ${say.moment(from)} to ${say.moment(to)}, not everything is in yet.`,
  'absence-no-proof': () => 'Absence means nothing here.',
  'not-confirmed-since': ({ since }, say) => `Not confirmed since ${say.moment(since)}.`,
  'red-stays': () => 'The measured value stands; a newer one may still be on its way.',
  'other-activation': ({ was, is }) => `Computed under rules ${was}; now ${is} hold. It is being computed again.`,
  'evaluation-late': ({ since }, say) => `Should have been computed again on ${say.moment(since)}.`,
  'not-evaluated': () => 'Not computed yet. This happens by itself.',
  'last-certain': ({ state, at }, say) => `Last certain state: ${states[state]}, ${say.moment(at)}.`,
  'targets-to-confirm': () => 'Targets and periods are still to be confirmed by a clinician.',
}
