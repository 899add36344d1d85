import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { brusselsTime } from '../formats/eform/sample.ts'
import { dataFolder } from '../kernel/package-root.ts'

const schema = z.strictObject({
  name: z.string(),
  purposes: z.array(z.enum(['result', 'vaccination', 'certificate'])),
  patienceSeconds: z.number().positive(),
  form: z.looseObject({ form: z.literal('rapid-test'), test: z.looseObject({ result: z.string() }) }),
})

/** The probe every node sends: what it may owe, how long it may take, and the form without its id and its moment. */
export type ProbeFile = Readonly<z.infer<typeof schema>>

/** Reads the shipped probe. Throws a ZodError that names the field when it is not one. */
export function loadProbe(): ProbeFile {
  return schema.parse(parse(readFileSync(join(dataFolder, 'probes', 'rapid-test.yaml'), 'utf8')))
}

/** The bytes of one probe, sampled twenty minutes before `at`. */
export function probeForm({ form }: ProbeFile, messageId: string, at: Date): string {
  const sampledAt = brusselsTime(new Date(at.getTime() - 20 * 60_000))
  return JSON.stringify({ ...form, messageId, test: { ...form.test, sampledAt } })
}
