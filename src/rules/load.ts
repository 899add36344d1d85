import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tableFiles, type TableTexts } from '../formats/lab/tables.ts'
import { errorText, SluisError } from '../kernel/errors.ts'
import { dataFolder } from '../kernel/package-root.ts'
import { missingFile, readPack, type Pack, type PackReading } from './pack.ts'

/**
 * Reads one version of a pack from its folder: `pack.yaml`, `cases.yaml`, `NOTES.md`, and the folder `tables` when it brings
 * tables of its own.
 *
 * @example loadPack('data/packs/lab-quality/1.0.0').state // 'loaded'
 */
export function loadPack(folder: string): PackReading {
  const own = existsSync(join(folder, 'tables')) ? tableFiles.map((file) => join('tables', file)) : []
  const missing = ['pack.yaml', 'cases.yaml', 'NOTES.md', ...own].find((file) => !existsSync(join(folder, file)))
  if (missing !== undefined) return missingFile(missing)
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
  const tables =
    own.length === 0
      ? null
      : (Object.fromEntries(tableFiles.map((file) => [file, read(join('tables', file))])) as TableTexts)
  return readPack({ pack: read('pack.yaml'), cases: read('cases.yaml'), notes: read('NOTES.md'), tables })
}

/** Every version of every pack of a folder of packs, by name and version. Throws `pack-refused` on the first that has faults. */
export function loadPacks(folder: string = join(dataFolder, 'packs')): Pack[] {
  return foldersIn(folder).flatMap((name) =>
    foldersIn(join(folder, name)).map((version) => packOf(loadPack(join(folder, name, version)), `${name}@${version}`)),
  )
}

/** The pack of a reading; throws `pack-refused` with the first fault in words when it has any. */
export function packOf(reading: PackReading, place: string): Pack {
  if (reading.state === 'loaded') return reading.pack
  const [first] = reading.faults
  throw new SluisError('pack-refused', {
    place,
    count: reading.faults.length,
    reason: first === undefined ? '' : errorText(first.code, first.params, 'en'),
  })
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}
