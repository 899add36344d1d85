import { seededRandom } from '../formats/eform/random.ts'
import { sampleForm, sampleKinds, type SampleKind } from '../formats/eform/sample.ts'
import { spoilForm } from '../formats/eform/spoil.ts'
import { toQuestionnaireResponse } from '../formats/fhir/questionnaire-response.ts'
import { sampleLabBundle } from '../formats/fhir-lab/sample.ts'
import { sampleOru } from '../formats/hl7v2/sample.ts'
import { written, type CommandIo } from './command-io.ts'
import { flag, text, wholeNumber } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { runWith } from './shared/run-with.ts'
import { readMoment } from './shared/when.ts'

const allKinds = [...sampleKinds, 'oru', 'lab-bundle'] as const

const help = `sluis sample <kind> [--count N] [--json]

Prints valid, fresh messages of invented people: ${allKinds.join(', ')}.

  --count N   so many messages, one JSON line each (default 1, printed over several lines)
              a rapid-test alone is negative, which gets a certificate; of several about one in ten is not
              an oru is HL7v2, its lines end with CR; a lab-bundle is a FHIR R4 Bundle of a laboratory
  --json      one JSON line each, also for one
  --fhir      as FHIR QuestionnaireResponse instead of eForm JSON
  --faulty    with one thing wrong that refuses the record
  --seed N    the same number gives the same messages (as long as --at is the same)
  --at TIME   as if sent at this time (ISO 8601 with zone, or a day; default now)

  sluis sample rapid-test | sluis read -
`

const options = { count: text, fhir: flag, faulty: flag, seed: text, at: text }

/** `sluis sample`: 0 after printing, 2 on wrong use. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, async (values, [named, ...more]) => {
    const kind = allKinds.find((one) => one === named)
    if (kind === undefined || more.length > 0) throw new WrongUse(`sample takes one kind: ${allKinds.join(', ')}`)
    if (values.fhir === true && values.faulty === true) throw new WrongUse('--fhir and --faulty do not go together')
    const count = wholeNumber('count', values.count, 1) ?? 1
    const at = values.at === undefined ? new Date() : readMoment('at', values.at)
    const seed = wholeNumber('seed', values.seed, 0)
    const random = seed === undefined ? Math.random : seededRandom(seed)
    if (kind === 'oru' && (values.json === true || values.fhir === true || values.faulty === true))
      throw new WrongUse('an oru is HL7v2 and takes no --json, --fhir or --faulty')
    if (kind === 'lab-bundle' && (values.fhir === true || values.faulty === true))
      throw new WrongUse('a lab-bundle is FHIR and takes no --fhir or --faulty')
    const indent = values.json === true || count > 1 ? 0 : 2
    const formAsText = (form: SampleKind): string => {
      const made = sampleForm(form, { random, at, ...(count === 1 ? { positiveShare: 0 } : {}) })
      const message = values.fhir ? toQuestionnaireResponse(made) : values.faulty ? spoilForm(made, random) : made
      return JSON.stringify(message, null, indent)
    }
    const sampleText = (wanted: typeof kind): string => {
      if (wanted === 'oru') return sampleOru({ random, at })
      if (wanted === 'lab-bundle') return JSON.stringify(sampleLabBundle({ random, at }), null, indent)
      return formAsText(wanted)
    }
    for (let made = 0; made < count; made++) {
      if (!(await written(io.stdout, `${sampleText(kind)}\n`))) break
    }
    return 0
  })
}
