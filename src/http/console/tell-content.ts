import { valueSets } from '../../certificates/value-sets.ts'
import type { CanonicalRecord } from '../../formats/record.ts'
import { dayText } from '../../web/parts/time.tsx'
import { stateWord } from '../../web/parts/states.ts'
import type { Opened } from '../../web/parts/traced-record.tsx'
import { testResultWords } from '../../web/texts/words.ts'
import type { View } from '../../web/view.ts'
import { resultState } from './result-state.ts'

/** The person and the fact of a record, in the words of the reader; names, numbers and lots as the sender wrote them. */
export function tellContent(view: View, { subject, author, content }: CanonicalRecord): Opened | null {
  if (subject === null) return null
  return {
    name: `${subject.familyName}, ${subject.givenName}`,
    born: dayText(view, subject.birthDate),
    insz: subject.insz,
    pharmacy: author === null ? null : `${author.organisationName} (${author.organisationNihii})`,
    fact: content === null ? null : factOf(view, content),
  }
}

function factOf(view: View, content: NonNullable<CanonicalRecord['content']>): string {
  const { t, f } = view
  if (content.kind === 'rapid-test') {
    return [view.word(testResultWords, content.result), deviceName(content.device), f.moment(content.sampledAt)].join(
      ', ',
    )
  }
  if (content.kind === 'observation') {
    const { text, code } = content.code.original
    return `${text || code}, ${stateWord(resultState(content.status), view.language)}`
  }
  const dose = `${t.certificatePage.dose} ${t.certificatePage.doseOf(content.dose, content.doses)}`
  return [productName(content.product), dose, t.content.lot(content.lot), dayText(view, content.vaccinatedOn)].join(
    ', ',
  )
}

/** The device of a test by its number in the value sets; the number itself when they do not know it. */
export const deviceName = (code: string): string => nameOf(valueSets().devices, code)

/** A vaccine by its number in the value sets; the number itself when they do not know it. */
export const productName = (code: string): string => nameOf(valueSets().products, code)

const nameOf = (list: readonly { readonly code: string; readonly name: string }[], code: string): string =>
  list.find((one) => one.code === code)?.name ?? code
