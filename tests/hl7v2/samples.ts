import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(process.env['SLUIS_SHARED'] ?? join(import.meta.dirname, '../../../shared'), 'lab-samples')

/** Whether the public messages are here; they are no part of the project. */
export const samplesAreHere: boolean = existsSync(folder)

/** Where the public messages lie. */
export const sampleFolder: string = folder

/** Every file with HL7v2, by its path below the folder. */
export function sampleFiles(): readonly { readonly name: string; readonly bytes: Buffer }[] {
  if (!samplesAreHere) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:hl7|txt|out)$/i.test(name))
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
}
